"""What a pass logs: one INFO line per executed action and per condition that flips, one DEBUG line, none at rest."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from prometheus_client import CollectorRegistry

from hposweep.api.spec import NotifyEvent, SecretKey
from hposweep.apply.plan import apply_plan
from hposweep.database.errors import StorageError
from hposweep.handlers import reconcile_once, release_once
from hposweep.model.enqueueing import EnqueueBaseline, EnqueueChampions, EnqueuedTrial, EnqueueStart, EnqueueTrials
from hposweep.model.notifications import Attempt, NotificationKey
from hposweep.model.ownership import SweepIdentity
from hposweep.model.plan import (
    Action,
    CreateConfigMap,
    CreateJob,
    CreateStudy,
    DeletePod,
    DeleteStudy,
    DisownStudy,
    FailTrials,
    LostTrial,
    Notify,
    Plan,
    ReleasePods,
    ResetBackoff,
    ResizeJob,
    SetControl,
    SetIdentity,
    SetImages,
    SetSource,
)
from hposweep.model.source_state import SourceState
from hposweep.reconcile import Reconciler
from hposweep.settings import Settings
from hposweep.telemetry.logs import JsonFormatter
from hposweep.telemetry.metrics import OperatorMetrics
from hposweep.wakeups import Backoff, Passes
from tests.unit import world
from tests.unit.memory import MemoryCluster, MemoryStudies, made
from tests.unit.memory_service import MemoryService, memory_notifier

CHAT = NotificationKey(NotifyEvent.ENDED, "Complete", SecretKey("chat", "url"))
# One of each class, with the line that it leaves. The test below fails for a class that is not here.
JOB = {"metadata": {"name": "digits-search"}, "spec": {"parallelism": 3, "suspend": False}}
LOST = (LostTrial(1, "NodeLost", "its pod is gone"), LostTrial(2, "OutOfMemory", "its pod is gone"))
EXAMPLES = [
    (CreateStudy("default.digits", ("MAXIMIZE",), ("accuracy",), world.UID), "created study `default.digits`"),
    (SetControl(7, {"stop": "Drain", "maxTrials": 10}), 'set control of study 7 to {"stop": "Drain", "maxTrials": 10}'),
    (SetImages(7, {"uid": "sha256:a"}), "recorded on study 7 the image digests of 1 running pod"),
    (SetSource(7, SourceState(code="3f2a91bc")), 'recorded on study 7 its source {"code": "3f2a91bc"}'),
    (
        SetIdentity(7, SweepIdentity("default", "digits", "c1")),
        'recorded on study 7 its sweep {"namespace": "default", "name": "digits", "cluster": "c1"}',
    ),
    (FailTrials(7, LOST, max_retries=2), "failed 2 lost trials of study 7 (NodeLost, OutOfMemory)"),
    (EnqueueTrials(7, (EnqueuedTrial({}, {}),) * 4, 10), "enqueued 2 contrast trials in study 7 (4 planned)"),
    (EnqueueBaseline(7, EnqueuedTrial({}, {})), "enqueued 1 baseline trial in study 7"),
    (EnqueueStart(7, (EnqueuedTrial({}, {}),) * 4), "enqueued 4 trials at the start of study 7"),
    (EnqueueChampions(7, (EnqueuedTrial({}, {}),) * 6), "enqueued 2 trials of champions in study 7"),
    (DeleteStudy("default.digits"), "deleted study `default.digits` with all of its trials"),
    (DisownStudy(7, "default.digits", world.UID), "disowned study `default.digits`; another sweep may adopt it"),
    (CreateJob(JOB), "created Job `digits-search` (3 workers)"),
    (ResizeJob("digits-search", 4, is_suspended=False), "resized Job `digits-search` to 4 workers, not suspended"),
    (DeletePod("digits-search-0-abcde", "gpu-7"), "deleted pod `digits-search-0-abcde` on unreachable node `gpu-7`"),
    (ResetBackoff("digits-search-0-abcde", 2), "reset the backoff of the slot of pod `digits-search-0-abcde` to 2"),
    (
        CreateConfigMap({"metadata": {"name": "digits-analysis"}, "data": {"report.md": ""}}),
        "created ConfigMap `digits-analysis` (report.md)",
    ),
    (ReleasePods(("a-search-0-x", "a-search-1-y")), "released 2 pods from the ledger of GPU time: a-search-0-x, "),
    (
        Notify("digits", Attempt(CHAT, 2, world.NOON), "a title", "a text", "success"),
        "started attempt 2 to notify of Ended (Complete) by Secret `chat`",
    ),
]


class Lines(logging.Handler):
    """The lines that the operator would write, as the objects that they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.entries: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.entries.append(json.loads(self.format(record)))

    def of_level(self, level: str) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if entry["level"] == level]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, logger = Lines(), logging.getLogger("hposweep")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.setLevel(level)
    logger.removeHandler(handler)


def memo(reconciler: Reconciler) -> Any:
    return SimpleNamespace(
        reconciler=reconciler,
        slots=asyncio.Semaphore(1),
        metrics=OperatorMetrics(CollectorRegistry()),
        passes=Passes(),
        settings=Settings(),
    )


@pytest.mark.parametrize("kind", get_args(Action), ids=lambda kind: kind.__name__)
async def test_every_kind_of_action_leaves_exactly_one_line(kind: type, lines: Lines) -> None:
    examples = [(action, message) for action, message in EXAMPLES if isinstance(action, kind)]
    assert examples, "a new action needs an example and its line"
    for action, message in examples:
        lines.entries.clear()
        studies = MemoryStudies(world.study(world.sweep()))
        notifier = memory_notifier(MemoryService())
        await apply_plan(Plan((action,)), "default", MemoryCluster(world.sweep()), studies, notifier)  # type: ignore[arg-type]
        await notifier.close()
        (entry,) = lines.entries
        assert entry["level"] == "INFO"
        assert entry["message"].startswith(message)
        assert entry["action"] == kind.__name__


async def test_an_action_on_a_study_that_cannot_be_reached_is_left_out_and_leaves_no_line(lines: Lines) -> None:
    await apply_plan(Plan((SetImages(7, {}),)), "default", MemoryCluster(world.sweep()), None)
    assert lines.entries == []


async def test_a_sweep_from_its_first_pass_to_its_rest(lines: Lines) -> None:
    cluster = MemoryCluster(world.sweep(generation=3))
    shared = memo(made(cluster, MemoryStudies()))
    for _ in range(3):
        await reconcile_once(shared, "default", "digits", Backoff(3.0, 300.0))
    infos = lines.of_level("INFO")
    assert [entry["action"] for entry in infos if "action" in entry] == ["CreateStudy", "SetControl", "CreateJob"]
    flips = [entry["message"].partition(":")[0] for entry in infos if "condition" in entry]
    assert "condition Accepted Unknown -> True (Valid)" in flips
    assert "condition StorageReady Unknown -> True (Connected)" in flips
    assert len(flips) == len(set(flips))
    for entry in lines.entries:
        identity = {"namespace": "default", "name": "digits", "uid": world.UID, "generation": 3}
        assert {key: entry[key] for key in identity} == identity
    lines.entries.clear()
    for _ in range(5):
        await reconcile_once(shared, "default", "digits", Backoff(3.0, 300.0))
    assert [entry["level"] for entry in lines.entries] == ["DEBUG"] * 5
    assert lines.entries[0]["message"] == "reconciled: no action; requeue after 3 s"
    assert (lines.entries[0]["actions"], lines.entries[0]["requeue_after_seconds"]) == ([], 3.0)


async def test_a_condition_that_flips_names_both_statuses_and_a_new_reason_both_reasons(lines: Lines) -> None:
    cluster, studies = MemoryCluster(world.sweep(), secret=None), MemoryStudies()
    shared = memo(made(cluster, studies))
    await reconcile_once(shared, "default", "digits", Backoff(3.0, 300.0))
    cluster.secret, studies.error = "postgresql://u:canary@h/d", StorageError("ConnectionFailed", "connection refused")
    lines.entries.clear()
    await reconcile_once(shared, "default", "digits", Backoff(3.0, 300.0))
    (changed,) = lines.of_level("INFO")
    assert changed["message"].startswith("condition StorageReady False (SecretNotFound -> ConnectionFailed): the data")
    assert (changed["condition"], changed["status"], changed["reason"]) == ("StorageReady", "False", "ConnectionFailed")
    studies.error = None
    for _ in range(2):
        await reconcile_once(shared, "default", "digits", Backoff(3.0, 300.0))
    assert any(
        entry["message"].startswith("condition StorageReady False -> True (Connected): ") for entry in lines.entries
    )
    assert "canary" not in json.dumps(lines.entries)


@pytest.mark.parametrize(
    ("error", "level", "message"),
    [
        (TimeoutError(), "WARNING", "pass over sweep `digits` failed: TimeoutError; retry in "),
        (OSError("no answer from postgresql://u:canary@h/d"), "WARNING", "pass over sweep `digits` failed: no answer"),
        (ValueError("a bug"), "ERROR", "pass over sweep `digits` failed by a bug of the operator; retry in "),
    ],
)
async def test_an_error_of_a_pass_bears_the_fields_of_its_sweep(
    error: Exception, level: str, message: str, lines: Lines
) -> None:
    cluster = MemoryCluster(world.sweep(generation=2))

    async def fail(*_: Any) -> Any:
        raise error

    cluster.children = fail  # type: ignore[method-assign]  # the reading of Jobs and pods fails
    await reconcile_once(memo(made(cluster, MemoryStudies())), "default", "digits", Backoff(3.0, 300.0))
    (entry,) = lines.entries
    assert entry["level"] == level
    assert entry["message"].startswith(message)
    assert (entry["namespace"], entry["name"], entry["uid"]) == ("default", "digits", world.UID)
    assert entry["generation"] == 2
    assert ("exception" in entry) is (level == "ERROR")
    assert "canary" not in json.dumps(entry)


@pytest.mark.parametrize(("policy", "action"), [("Delete", "DeleteStudy"), ("Retain", "DisownStudy")])
async def test_a_deletion_logs_the_end_of_the_study_once(policy: str, action: str, lines: Lines) -> None:
    cluster = MemoryCluster(replace(world.sweep(deletionPolicy=policy), is_deleting=True))
    cluster.jobs, cluster.pods = (world.job(),), (world.pod(),)
    studies = MemoryStudies(world.study(cluster.held))
    shared = memo(made(cluster, studies))
    assert not await release_once(shared, "default", "digits")
    assert [entry.get("action") for entry in lines.of_level("INFO")] == ["ResizeJob"]
    cluster.pods = ()
    lines.entries.clear()
    assert await release_once(shared, "default", "digits")
    assert [entry.get("action") for entry in lines.of_level("INFO")] == [action, None]
    assert lines.entries[-1]["message"] == "released sweep `digits`; its finalizer is removed"
    assert all(entry["uid"] == world.UID for entry in lines.entries)
    assert (studies.study is None) is (policy == "Delete")
