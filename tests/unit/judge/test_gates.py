"""The gates before the first worker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.judge import gates
from hposweep.model.findings import ContractFinding, Severity
from hposweep.model.observation import Fault
from hposweep.model.storage import Storage
from hposweep.model.trials import Counts, Study
from tests import builders
from tests.unit import world


def test_the_storage_gate_says_why_it_is_shut() -> None:
    gate = gates.storage(world.sweep(), world.LOST)
    assert (gate.is_open, gate.reason, gate.message) == (False, "ConnectionFailed", "connection refused")


@pytest.mark.parametrize(
    ("owner", "finished", "adopt", "is_open", "reason"),
    [
        (world.UID, 5, False, True, "Connected"),
        (None, 0, False, False, "Pending"),
        (None, 5, True, False, "Pending"),
        (None, 5, False, False, "StudyOwnedByAnother"),
        ("other", 0, True, False, "StudyOwnedByAnother"),
    ],
)
def test_who_may_use_a_study_that_exists(
    owner: str | None, finished: int, adopt: bool, is_open: bool, reason: str
) -> None:
    sweep = world.sweep(study=builders.study(adopt=adopt))
    study = Study(7, sweep.study_name, ("MAXIMIZE",), owner, counts=Counts(complete=finished))
    gate = gates.storage(sweep, Storage(is_reachable=True, study=study))
    assert (gate.is_open, gate.reason) == (is_open, reason)
    assert sweep.study_name in gate.message


@pytest.mark.parametrize("directions", [("MINIMIZE",), ("MAXIMIZE", "MINIMIZE"), ()])
def test_a_study_with_other_objectives_is_not_adopted(directions: tuple[str, ...]) -> None:
    sweep = world.sweep(study=builders.study(adopt=True))
    study = Study(7, sweep.study_name, directions, counts=Counts(complete=5))
    gate = gates.storage(sweep, Storage(is_reachable=True, study=study))
    assert (gate.is_open, gate.reason) == (False, "StudyMismatch")
    assert gate.message.startswith(f"study `{sweep.study_name}` exists with other objectives (")
    assert "than `spec.study.objectives` (Maximize)" in gate.message


@pytest.mark.parametrize(
    ("definition", "got", "allowed"),
    [
        ('{"name": "CategoricalDistribution", "attributes": {"choices": [[16], [8, 8]]}}', "[[16], [16, 32]]", "[["),
        (
            '{"name": "FloatDistribution", "attributes": {"low": 0, "high": 1, "log": false, "step": null}}',
            "choices [[16], [16, 32]]",
            "a float from 0 to 1",
        ),
    ],
)
def test_a_study_with_another_definition_of_a_parameter_is_not_adopted(definition: str, got: str, allowed: str) -> None:
    layers = {"name": "layers", "categorical": {"choices": [[16], [16, 32]]}}
    space = [builders.float_parameter("x", 0, 2), layers]
    sweep = world.sweep(study=builders.study(adopt=True), searchSpace=space)
    definitions = {"x": "{", "layers": definition}
    study = Study(7, sweep.study_name, ("MAXIMIZE",), counts=Counts(complete=5), definitions=definitions)
    gate = gates.storage(sweep, Storage(is_reachable=True, study=study))
    assert (gate.is_open, gate.reason) == (False, "StudyMismatch")
    assert gate.message.startswith(f"`spec.searchSpace[1]`: study `{sweep.study_name}` defines `layers` otherwise")
    assert f"(got {got}; allowed {allowed}" in gate.message
    same = replace(study, definitions={"layers": definition.replace("[8, 8]", "[16, 32]")})
    pending = gates.storage(sweep, Storage(is_reachable=True, study=same))
    assert pending.reason == ("Pending" if "Categorical" in definition else "StudyMismatch")


def test_all_faults_are_in_the_sentence() -> None:
    gate = gates.accepted((Fault("InvalidSpec", "first"), Fault("Contradiction", "second")))
    assert (gate.is_open, gate.reason, gate.message) == (False, "InvalidSpec", "first; second")
    assert gates.accepted((Fault("A", "Write `x`."), Fault("B", "Write `y`."))).message == "Write `x`; Write `y`."


def warnings(count: int, length: int = 20) -> tuple[ContractFinding, ...]:
    return tuple(
        ContractFinding(f"Rule{number}", Severity.WARNING, ("spec.trials.max",), "x" * length)
        for number in range(count)
    )


def test_warnings_are_said_and_shut_nothing() -> None:
    gate = gates.accepted((), warnings(2))
    assert (gate.is_open, gate.reason) == (True, "ValidWithWarnings")
    assert gate.message == f"the spec is valid, with 2 warnings: Rule0: {'x' * 20}; Rule1: {'x' * 20}"


def test_notes_are_no_warnings() -> None:
    note = ContractFinding("Rule", Severity.INFO, ("spec.trials.max",), "good to know")
    assert gates.accepted((), (note,)).reason == "Valid"


def test_a_fault_comes_before_all_warnings() -> None:
    gate = gates.accepted((Fault("Contradiction", "first"),), warnings(1))
    assert (gate.is_open, gate.reason, gate.message) == (False, "Contradiction", "first")


@pytest.mark.parametrize(("count", "length"), [(40, 300), (3, 3000), (1, 9000), (2, 1950)])
def test_many_warnings_stay_readable(count: int, length: int) -> None:
    message = gates.accepted((), warnings(count, length)).message
    assert len(message) <= gates.MESSAGE_LIMIT
    shown = message.count("Rule")
    assert shown >= 1
    assert shown == count or f"and {count - shown} more" in message
