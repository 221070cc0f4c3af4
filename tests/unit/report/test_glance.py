"""The verdict at a glance: first, large, and without conditions that say nothing."""

from __future__ import annotations

import pytest

from hposweep.api.status import Status
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
        assert lines[0] == "=" * width
        assert lines[1] == "  VERDICT  `minimum` is reached"
        assert max(map(len, lines)) <= width


def test_each_tier_has_its_mark_and_its_numbers() -> None:
    text = "\n".join(glance(complete(success=SUCCESS), 120))
    assert "✓ minimum\n    score > 0.5: best 0.6 (trial 3), margin +0.1" in text
    assert "✗ full\n    score > 0.9: best 0.6 (trial 3), margin -0.3" in text
    assert "Best trial 3: score 0.6\n  x                    1" in text


def test_conditions_that_say_nothing_are_left_out() -> None:
    assert list(worth_reading(complete(success=SUCCESS))) == []
    assert "NotYet" not in "\n".join(glance(complete(), 80))


def test_conditions_that_say_something_stay() -> None:
    failed = told(world.sweep(), world.seen(refusals=(Fault("InvalidTemplate", "unknown field `imag`"),)))
    assert {entry.reason for entry in worth_reading(failed)} == {"InvalidTemplate", "InvalidSpec"}


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
