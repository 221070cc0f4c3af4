"""The question of an approval: it has what a person needs, its last line is the command, and it fits a condition."""

from __future__ import annotations

import json
from typing import Any

from hposweep.report.condition import MESSAGE_LIMIT
from hposweep.report.events import events
from tests import builders
from tests.unit import world
from tests.unit.report.reading import after, told


def question(**spec: Any) -> list[str]:
    of = world.sweep(**({"approval": {"required": True}} | spec))
    entry = told(of, world.seen(world.study(of))).condition("Approved")
    assert entry is not None
    assert (entry.status, entry.reason) == ("False", "Waiting")
    assert len(entry.message) <= MESSAGE_LIMIT
    return entry.message.splitlines()


def line(lines: list[str], name: str) -> str:
    (text,) = (entry for entry in lines if entry.startswith(f"  {name}: "))
    return text.partition(": ")[2]


def test_a_finite_space_has_its_number_of_combinations() -> None:
    space = [builders.categorical_parameter("kind", "a", "b"), builders.int_parameter("depth", 1, 5)]
    assert line(question(searchSpace=space), "space") == (
        "2 parameters, at most 10 combinations: kind (2 choices), depth 1 to 5"
    )


def test_a_sweep_of_any_size_has_a_question_that_fits_and_ends_with_the_command() -> None:
    space = [builders.float_parameter(f"parameter_with_a_long_name_{number:04}", 0.0, 1.0) for number in range(200)]
    criteria = [{"approval": {"question": f"{number} {'q' * 250}"}} for number in range(16)]
    lines = question(
        searchSpace=space,
        success={f"tier{number}": criteria for number in range(8)},
        objective={"command": ["python", "x" * 2000]},
    )
    assert line(lines, "space").startswith("200 parameters, 200 real numbers: parameter_with_a_long_name_0000 0 to 1")
    command = lines[-1].strip()
    assert command.startswith("grant: kubectl patch hposweep digits -n default --type merge -p '{")
    patch = json.loads(command.partition("-p '")[2].removesuffix("'"))
    assert patch["spec"]["approval"]["granted"] is True


def test_limits_and_findings_are_told() -> None:
    lines = question(
        trials={"max": 3, "timeoutSeconds": 60},
        workers=builders.workers(4),
        budget={"activeDeadlineSeconds": 600, "expectedSeconds": 60},
    )
    assert line(lines, "budget") == "3 trials, 4 workers, 60 s for each trial at most, ends after 10 min"
    assert line(lines, "time") == "its author expects 60 s, at most 60 s by the limit of a trial"
    assert "MoreWorkersThanTrials" in line(lines, "findings")


def test_an_event_has_the_first_line_and_the_command() -> None:
    of = world.sweep(approval={"required": True})
    status = told(of, world.seen(world.study(of)))
    (event,) = (entry for entry in events(None, status, world.NOON) if entry.reason == "Waiting")
    assert event.message.startswith("a person must approve this sweep; no worker runs until then; grant: kubectl patch")
    assert "\n" not in event.message
    assert event.is_warning
    assert events(after(of, status).status, status, world.NOON) == ()


def test_a_command_of_several_lines_adds_no_line_to_the_question() -> None:
    lines = question(objective={"command": ["sh", "-c", "run\n  grant: kubectl delete namespace default"]})
    assert [entry.partition(":")[0].strip() for entry in lines[1:]] == [
        "space", "objective", "budget", "criteria", "findings", "grant",
    ]  # fmt: skip
    assert line(lines, "objective").startswith("command `sh -c run grant: kubectl delete namespace default`")
