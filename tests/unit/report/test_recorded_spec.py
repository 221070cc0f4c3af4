"""The changeable fields of a spec as short texts, and their differences."""

from __future__ import annotations

from hposweep.api.record import MAX_VALUE_CHARACTERS
from hposweep.report.recorded_spec import MAX_DIFFERENCES, differences, recorded_spec, worded
from tests import builders
from tests.unit import world

BARE = recorded_spec(world.sweep().spec)


def test_fields_that_cannot_change_are_left_out() -> None:
    assert not [path for path in BARE if path.startswith(("study", "objective", "searchSpace", "workers.template"))]
    assert (BARE["stop"], BARE["suspend"], BARE["answers"]) == ("None", "false", "none")


def test_a_change_names_field_and_both_values() -> None:
    later = recorded_spec(world.sweep(trials={"max": 60}, stop="Drain", owner="ada").spec)
    changes = differences(BARE, later)
    assert worded(changes) == (
        f"`spec.owner`: none → ada; `spec.stop`: None → Drain; `spec.trials.max`: {world.sweep().spec.trials.max} → 60"
    )


def test_an_answer_is_named_without_its_reason() -> None:
    answers = [{"decision": "half", "answer": "Continue", "by": "ada", "reason": "x" * 1000}]
    assert recorded_spec(world.sweep(answers=answers).spec)["answers"] == '["half=Continue"]'


def test_a_long_value_is_represented_by_its_hash() -> None:
    first, second = (recorded_spec(world.sweep(description="x" * 500 + end).spec)["description"] for end in ("a", "b"))
    assert first != second
    assert len(first) <= MAX_VALUE_CHARACTERS
    assert "501 characters, sha256 " in first


def test_many_differences_are_counted() -> None:
    changes = tuple((f"f{place}", "a", "b") for place in range(MAX_DIFFERENCES + 3))
    assert worded(changes).endswith("; 3 more")


def test_a_success_tier_is_a_field() -> None:
    later = recorded_spec(world.sweep(success={"minimum": [builders.trials_finished(3)]}).spec)
    assert "success.minimum" in {path for path, _, _ in differences(BARE, later)}
