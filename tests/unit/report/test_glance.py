"""The end of a sweep at a glance: the verdict first, and without conditions that say nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.api.status import CriterionStatus, Status, TierStatus
from hposweep.model.observation import Fault
from hposweep.report.glance import glance, verdict_sentence, worth_reading
from tests import builders
from tests.unit import world
from tests.unit.report.reading import told

SUCCESS = {"minimum": [builders.best_value(greater_than=0.5)], "full": [builders.best_value(greater_than=0.9)]}


def complete(**spec: object) -> Status:
    sweep = world.sweep(**spec)
    return told(sweep, world.seen(world.study(sweep, best=0.6, complete=10), jobs=(world.job(is_complete=True),)))


def test_the_verdict_is_first_and_every_line_fits() -> None:
    for width in (40, 80, 120):
        lines = list(glance(complete(success=SUCCESS), width))
        assert lines[0] == "VERDICT  `minimum` is reached"
        assert lines[1].startswith("Complete: 10 of 10 trials, best score")
        assert max(map(len, lines)) <= width


def test_each_tier_has_its_mark_and_the_numbers_of_its_criteria() -> None:
    text = "\n".join(glance(complete(success=SUCCESS), 120))
    assert "\n\n✓ minimum: True\n    ✓ score > 0.5: best 0.6 (trial 3), margin +0.1\n" in text
    assert "\n✗ full: False\n    ✗ score > 0.9: best 0.6 (trial 3), margin -0.3\n" in text
    assert "\n\nBest trial 3: score 0.6\n  x                    1" in text


def test_the_duration_is_told_where_it_is_known() -> None:
    assert any(line.startswith("Complete in 12.3 s: 10 of") for line in glance(complete(), 80, 12.34))


def test_long_sentences_wrap_below_their_mark_and_a_path_stays_whole() -> None:
    path = "/" + "folder/" * 12
    criteria = (CriterionStatus("bestValue", "Unknown", f"{'because ' * 30}{path}"),)
    lines = list(glance(replace(complete(), success=(TierStatus("full", "Unknown", criteria),)), 79))
    first = lines.index("? full: Unknown") + 1
    assert lines[first].startswith("    ? because because")
    assert lines[first + 1].startswith("      because")
    assert f"      {path}" in lines
    assert max(len(line) for line in lines if path not in line) <= 79


def test_conditions_that_say_nothing_are_left_out() -> None:
    assert list(worth_reading(complete(success=SUCCESS))) == []
    text = "\n".join(glance(complete(), 80))
    assert "! " not in text
    assert "NotYet" not in text


def test_conditions_that_repeat_the_end_are_left_out() -> None:
    sweep = world.sweep(suspend=True)
    suspended = told(sweep, world.seen(world.study(sweep, best=0.6, complete=3), jobs=(world.job(is_suspended=True),)))
    assert {suspended.condition(kind).reason for kind in ("WorkersReady", "Suspended")} == {"Suspended"}  # type: ignore[union-attr]
    assert list(worth_reading(suspended)) == []


def test_conditions_that_say_something_stay() -> None:
    failed = told(world.sweep(), world.seen(refusals=(Fault("InvalidTemplate", "unknown field `imag`"),)))
    assert [(entry.type, entry.reason) for entry in worth_reading(failed)] == [
        ("Accepted", "InvalidTemplate"),
        ("Healthy", "InvalidSpec"),
    ]
    text = "\n".join(glance(failed, 80))
    assert (
        "Failed: unknown field `imag`\n\n! Accepted: False (InvalidTemplate)\n! Healthy: False (InvalidSpec)\n" in text
    )


@pytest.mark.parametrize(
    ("success", "words"),
    [
        ({}, "no verdict: `spec.success` names no tier"),
        ({"full": SUCCESS["full"]}, "no tier is reached"),
        (SUCCESS, "`minimum` is reached"),
        ({**SUCCESS, "cheap": SUCCESS["minimum"]}, "`minimum`, `cheap` is reached"),
    ],
)
def test_the_verdict_in_words(success: dict[str, object], words: str) -> None:
    assert verdict_sentence(complete(success=success)) == words


def test_a_sweep_that_has_just_begun_has_no_verdict_yet() -> None:
    sweep = world.sweep(success=SUCCESS)
    assert verdict_sentence(told(sweep, world.seen(world.study(sweep)))).startswith("not known: ")
