"""Argo CD's settings: the health check, run by a Lua without libraries, and the fields that are operations.

The statuses are those that the operator writes: `report` makes them from what a pass observes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from lupa.lua51 import LuaRuntime

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hposweep.model.observation import Fault
from hposweep.model.trials import Breaker
from tests import builders
from tests.packaging.checkout import CRD, MANIFESTS, ROOT
from tests.unit import baseline_world, preflight_world, world
from tests.unit.judge import deciding
from tests.unit.judge.histories import of_values
from tests.unit.report.reading import told

Json = dict[str, Any]

SETTINGS = yaml.safe_load((MANIFESTS / "argocd" / "argocd-cm.yaml").read_text())["data"]
HEALTH = SETTINGS["resource.customizations.health.hposweep.dev_HPOSweep"]
IGNORED = SETTINGS["resource.customizations.ignoreDifferences.hposweep.dev_HPOSweep"]
# Libraries and functions that Argo CD's interpreter does not have by default.
ABSENT = ("string", "io", "debug", "math", "coroutine", "dofile", "loadfile", "require", "python")


def _health(sweep: Sweep, status: Status | None) -> tuple[str, str]:
    """Return the status and the message that Argo CD would show."""
    lua = LuaRuntime(register_eval=False, register_builtins=False)
    lua.execute("getmetatable('').__index = nil")
    for name in ABSENT:
        lua.globals()[name] = None
    body: Json = {"metadata": {"generation": sweep.generation}}
    if status is not None:
        body["status"] = to_wire(status)
    lua.globals().obj = lua.table_from(body, recursive=True)
    answer = lua.execute(HEALTH)
    return answer["status"], answer["message"]


SWEEP = world.sweep(success={"minimum": [builders.best_value(greater_than=0.5)]})
RUNNING = {"jobs": (world.job(),), "pods": (world.pod(),)}
ENDED = {"jobs": (world.job(is_complete=True),)}
IDLE = {"jobs": (world.job(is_suspended=True),)}


def _breaker() -> Any:
    return replace(world.study(SWEEP, failed=5), breaker=Breaker("ImportError", "no module `torch`", 4))


@pytest.mark.parametrize(
    ("sweep", "observation", "word", "message"),
    [
        (SWEEP, world.seen(world.LOST), "Progressing", ""),
        (SWEEP, world.seen(world.study(SWEEP, complete=3), **RUNNING), "Progressing", "3 of 10 trials"),
        (SWEEP, world.seen(world.LOST, **RUNNING), "Degraded", "StorageLost: "),
        (SWEEP, world.seen(_breaker(), **IDLE), "Degraded", "FailingImmediately: the first 5 trials"),
        (SWEEP, world.seen(world.study(SWEEP, best=0.6, complete=10), **ENDED), "Healthy", "(verdict: minimum)"),
        (SWEEP, world.seen(world.study(SWEEP, best=0.4, complete=10), **ENDED), "Healthy", "(verdict: none)"),
        (SWEEP, world.seen(world.study(SWEEP, failed=10), **ENDED), "Degraded", "NoTrialCompleted: "),
        (SWEEP, world.seen(refusals=(Fault("InvalidTemplate", "unknown field"),)), "Degraded", "unknown field"),
        (SWEEP, world.seen(refusals=(Fault("SourceNotFound", "no ConfigMap"),)), "Progressing", "no ConfigMap"),
        (world.sweep(suspend=True), world.seen(world.study(SWEEP), **IDLE), "Suspended", "`spec.suspend` is true"),
        (world.sweep(stop="Drain"), world.seen(world.study(SWEEP, complete=3), **ENDED), "Healthy", "3 of 10 trials"),
    ],
)
def test_a_sweep_has_the_health_of_its_conditions(sweep: Sweep, observation: Any, word: str, message: str) -> None:
    health = _health(sweep, told(sweep, observation))
    assert health[0] == word
    assert message in health[1]


def test_a_sweep_that_waits_for_an_answer_is_suspended() -> None:
    sweep = deciding.sweep(deciding.point())
    observation = deciding.seen(sweep, of_values([0.1, 0.28, 0.1, 0.1, 0.1]), deciding.NOW, **RUNNING)
    asked, _ = deciding.visited(sweep, observation)
    word, message = _health(asked, asked.status)
    assert word == "Suspended"
    assert message.startswith("Asked: decision `mid-sweep`")


def test_a_sweep_that_waits_for_approval_is_suspended() -> None:
    sweep = world.sweep(approval={"required": True})
    word, message = _health(sweep, told(sweep, world.seen(world.study(sweep))))
    assert word == "Suspended"
    assert "a person must approve this sweep" in message


async def test_a_sweep_whose_checks_fail_is_degraded_until_they_pass() -> None:
    checked = preflight_world.World()
    await checked.reconcile()
    assert _health(checked.cluster.held, checked.cluster.held.status)[0] == "Progressing"
    checked.end(preflight_world.MISSING)
    await checked.reconcile()
    word, message = _health(checked.cluster.held, checked.cluster.held.status)
    assert (word, message.partition(":")[0]) == ("Degraded", "Failed")
    assert "`/data/digits` does not exist" in message
    checked.pass_seconds(120)
    await checked.reconcile()
    checked.end(preflight_world.OK, job=f"{preflight_world.JOB}-2")
    await checked.reconcile()
    assert _health(checked.cluster.held, checked.cluster.held.status)[0] == "Progressing"


async def test_a_sweep_whose_baseline_trial_fails_is_degraded() -> None:
    tried = baseline_world.World()
    await tried.reconcile()
    assert _health(tried.cluster.held, tried.cluster.held.status)[0] == "Progressing"
    tried.end_job(exit_code=64)
    await tried.reconcile()
    assert tried.condition.status == "False"
    assert _health(tried.cluster.held, tried.cluster.held.status) == (
        "Degraded",
        f"{tried.condition.reason}: {tried.condition.message}",
    )


def test_a_sweep_without_a_status_and_one_that_changed_are_progressing() -> None:
    assert _health(SWEEP, None)[0] == "Progressing"
    status = told(SWEEP, world.seen(_breaker(), **IDLE))
    word, message = _health(replace(SWEEP, generation=2), status)
    assert word == "Progressing"
    assert "last change" in message


def test_an_end_stays_when_the_sweep_is_changed_afterwards() -> None:
    status = told(SWEEP, world.seen(world.study(SWEEP, best=0.6, complete=10), **ENDED))
    assert _health(replace(SWEEP, generation=2), status)[0] == "Healthy"


def _field(pointer: str) -> Json:
    (version,) = yaml.safe_load(CRD.read_text())["spec"]["versions"]
    node = version["schema"]["openAPIV3Schema"]
    for name in pointer.strip("/").split("/"):
        node = node["properties"][name]
    return dict(node)


def test_the_fields_that_are_operations_can_be_changed_and_are_those_of_the_guide() -> None:
    pointers = yaml.safe_load(IGNORED)["jsonPointers"]
    assert [pointer for pointer in pointers if "Immutable" in _field(pointer)["description"]] == []
    guide = (ROOT / "docs/how-to/gitops.md").read_text()
    assert [pointer for pointer in pointers if f"`{pointer.strip('/').replace('/', '.')}`" not in guide] == []
