"""From a file to a sweep: what a folder remembers, what may change between two runs, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from hposweep.api import conditions as c
from hposweep.api.approval import ApprovalStatus, ApprovedSubject, GrantStatus
from hposweep.api.conditions import Condition
from hposweep.api.status import Status, TrialsStatus
from hposweep.api.wire import to_wire
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.run.load import RunInput, load_run
from hposweep.cli.run.options import RunOptions
from tests.builders import changed, sweep, without
from tests.unit import world
from tests.unit.cli.test_screen import STATUS
from tests.unit.cli.test_verdict import ended


def taken(folder: Path, body: dict[str, Any], **arguments: Any) -> RunInput:
    (folder / "sweep.yaml").write_text(yaml.safe_dump(body))
    options = RunOptions(**{"file": str(folder / "sweep.yaml"), "out": folder / "out", **arguments})
    intake = load_run(options)
    intake.folder.close()
    return intake


def remember(folder: Path, status: Status) -> None:
    (folder / "out" / "status.yaml").write_text(yaml.safe_dump({"status": to_wire(status)}))


def test_a_sweep_gets_a_uid_that_its_folder_keeps(tmp_path: Path) -> None:
    first, second = taken(tmp_path, sweep()).sweep, taken(tmp_path, sweep()).sweep
    assert first.uid == second.uid
    assert first.generation == second.generation == 1
    assert taken(tmp_path, sweep(), out=tmp_path / "other").sweep.uid != first.uid


def test_an_image_is_not_needed(tmp_path: Path) -> None:
    body = sweep()
    del body["spec"]["workers"]["template"]["spec"]["containers"][0]["image"]
    assert taken(tmp_path, body).sweep.uid == taken(tmp_path, body).sweep.uid


def test_an_image_may_be_added_between_two_runs(tmp_path: Path) -> None:
    path = "spec.workers.template.spec.containers.0.image"
    taken(tmp_path, without(sweep(), path))
    remember(tmp_path, STATUS)
    assert not taken(tmp_path, changed(sweep(), path, "registry.example/mine:1")).is_changed


def test_a_file_for_a_local_run_may_omit_the_workers(tmp_path: Path) -> None:
    body = sweep()
    del body["spec"]["workers"]
    assert taken(tmp_path, body).sweep.spec.workers.replicas == 1
    assert taken(tmp_path, body, workers=3).sweep.spec.workers.replicas == 3


def test_a_changed_spec_is_another_generation(tmp_path: Path) -> None:
    taken(tmp_path, sweep())
    assert taken(tmp_path, sweep(trials={"max": 99})).sweep.generation == 2


def test_without_a_namespace_it_is_that_of_kubectl(tmp_path: Path) -> None:
    body = sweep()
    del body["metadata"]["namespace"]
    assert taken(tmp_path, body).sweep.study_name == "default.digits"


def test_the_command_line_stands_above_the_file(tmp_path: Path) -> None:
    spec = taken(tmp_path, sweep(), workers=7, study="mine").sweep.spec
    assert (spec.workers.replicas, spec.study.name) == (7, "mine")


def test_before_the_first_trial_everything_may_change(tmp_path: Path) -> None:
    taken(tmp_path, sweep())
    remember(tmp_path, replace(STATUS, trials=TrialsStatus(max=10)))
    changed_one = taken(tmp_path, changed(sweep(), "spec.objective.python", "train:other"))
    assert changed_one.is_changed
    assert not taken(tmp_path, changed(sweep(), "spec.objective.python", "train:other")).is_changed


def test_afterwards_the_rules_of_the_cluster_hold(tmp_path: Path) -> None:
    taken(tmp_path, sweep())
    remember(tmp_path, STATUS)
    with pytest.raises(
        RefusedInputError, match=r"`spec.objective.python` cannot be changed .*choose a new folder with --out"
    ):
        taken(tmp_path, changed(sweep(), "spec.objective.python", "train:other"))
    assert not taken(tmp_path, sweep(trials={"max": 99})).is_changed


@pytest.mark.parametrize(
    ("counts", "may_change"),
    [({"failed": 5}, True), ({"failed": 5, "complete": 1}, False), ({"pruned": 1}, False), ({"running": 1}, False)],
)
def test_an_objective_that_only_failed_may_be_corrected(
    tmp_path: Path, counts: dict[str, int], may_change: bool
) -> None:
    taken(tmp_path, sweep())
    remember(tmp_path, replace(STATUS, trials=TrialsStatus(max=10, **counts)))
    corrected = changed(sweep(), "spec.objective", {"command": ["python", "train.py", "$(HPO_ARGS)"]})
    if may_change:
        run_input = taken(tmp_path, corrected)
        assert run_input.sweep.spec.objective.command == ("python", "train.py", "$(HPO_ARGS)")
        assert not run_input.is_changed  # so that the study keeps its trials
        other_space = changed(corrected, "spec.searchSpace", [{"name": "x", "float": {"low": 0, "high": 9}}])
        with pytest.raises(RefusedInputError, match=r"`spec.searchSpace` cannot be changed after creation"):
            taken(tmp_path, other_space)
    else:
        with pytest.raises(RefusedInputError, match=r"`spec.objective\..* cannot be changed after creation"):
            taken(tmp_path, corrected)


def test_an_end_is_forgotten_because_only_the_study_knows_what_is_left(tmp_path: Path) -> None:
    taken(tmp_path, sweep())
    remember(tmp_path, replace(STATUS, conditions=ended("Complete", "StoppedByUser")))
    intake = taken(tmp_path, sweep())
    assert intake.before is not None
    assert intake.before.has_ended
    assert intake.sweep.status is not None
    assert not intake.sweep.status.has_ended
    assert intake.sweep.status.best == STATUS.best


def test_a_status_that_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    taken(tmp_path, sweep())
    (tmp_path / "out" / "status.yaml").write_text("status: {state: Running}")
    assert taken(tmp_path, sweep()).sweep.status is None


@pytest.mark.parametrize(
    ("body", "arguments", "sentence"),
    [
        (sweep(suspend=True), {}, "`spec.suspend` is true"),
        (sweep(), {"workers": 0}, "`spec.workers.replicas` is 0, so no worker would run"),
        (sweep(), {"workers": -1}, "`spec.workers.replicas`: is -1; must be greater than or equal to 0"),
        (sweep(), {"trials": 0}, "`spec.trials.max`: is 0; must be greater than or equal to 1"),
        (sweep(), {"require": "best"}, "--require: the sweep has no such tier (got `best`; `spec.success` is empty)"),
        (sweep(), {"study": ""}, '`spec.study.name`: is ""; must be at least 1 chars long'),
        (changed(sweep(), "spec", "words"), {}, "`spec`: must be of type object"),
        (changed(sweep(), "spec.workers", 3), {}, "`spec.workers`: must be of type object"),
    ],
)
def test_what_cannot_run_is_refused_before_a_folder_is_begun(
    tmp_path: Path, body: dict[str, Any], arguments: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RefusedInputError) as refusal:
        taken(tmp_path, body, **arguments)
    assert sentence in str(refusal.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_sweep_is_refused(tmp_path: Path) -> None:
    taken(tmp_path, sweep())
    with pytest.raises(RefusedInputError, match="belongs to sweep `digits`"):
        taken(tmp_path, sweep("letters"))


@pytest.mark.parametrize("is_required", [True, False])
def test_an_earlier_grant_is_used_only_where_approval_is_required(tmp_path: Path, is_required: bool) -> None:
    subject = ApprovedSubject(search_space="a", objective="b", image="c")
    grant = GrantStatus("d", subject, world.NOON, by="ada")
    body = sweep(approval={"required": is_required})
    taken(tmp_path, body)
    remember(tmp_path, replace(STATUS, approval=ApprovalStatus("d", subject, grant)))
    assert taken(tmp_path, body).sweep.spec.approval.granted == is_required


def test_an_open_breaker_of_champions_is_remembered_so_that_the_next_run_closes_it(tmp_path: Path) -> None:
    taken(tmp_path, sweep())
    ends = (c.CHAMPIONS_VALIDATED, c.UNKNOWN, c.FAILING_IMMEDIATELY), (c.COMPLETE, c.TRUE, c.BUDGET_REACHED)
    entries = tuple(Condition(kind, status, reason, "why", 1, world.NOON) for kind, status, reason in ends)
    remember(tmp_path, replace(STATUS, conditions=entries))
    status = taken(tmp_path, sweep()).sweep.status
    assert status is not None
    assert status.conditions == entries[:1]
