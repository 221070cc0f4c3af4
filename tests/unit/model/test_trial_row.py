"""A trial from a plain row: the same whoever kept the row."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from hposweep.model.trial_row import trial_of


@pytest.mark.parametrize("state", ["PRUNED", "FAIL", "RUNNING", "WAITING"])
def test_only_a_complete_trial_has_values(state: str) -> None:
    assert trial_of(0, state, {}, [0.5], 1.0, {}).values == ()
    assert trial_of(0, "COMPLETE", {}, [0.5, 2], 1.0, {}).values == (0.5, 2.0)


def test_both_spellings_of_infinity_are_infinite_and_nothing_else_is() -> None:
    found = trial_of(0, "COMPLETE", {}, ["inf", "-inf", "INF_POS", "INF_NEG"], None, {})
    assert found.values == (math.inf, -math.inf, math.inf, -math.inf)
    assert not found.is_valued
    with pytest.raises(ValueError, match="`high` is no number"):
        trial_of(0, "COMPLETE", {}, ["high"], None, {})


def test_a_time_without_a_zone_is_utc() -> None:
    noon = datetime(2026, 1, 1, 12)  # as a database gives it
    assert trial_of(0, "FAIL", {}, None, None, {}, completed=noon).completed == noon.replace(tzinfo=UTC)
    east = noon.replace(tzinfo=timezone(timedelta(hours=2)))
    assert trial_of(0, "FAIL", {}, None, None, {}, completed=east).completed == east
    assert trial_of(0, "RUNNING", {}, None, None, {}).completed is None
