"""A trial is built from a plain row in one way, whether a database or a file kept the row."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from hposweep.model.history import build_trial
from tests.documents import ROOT


@pytest.mark.parametrize("state", ["PRUNED", "FAIL", "RUNNING", "WAITING"])
def test_only_a_complete_trial_has_values(state: str) -> None:
    assert build_trial(0, state, {}, [0.5], 1.0, {}).values == ()
    assert build_trial(0, "COMPLETE", {}, [0.5, 2], 1.0, {}).values == (0.5, 2.0)


def test_both_spellings_of_infinity_are_infinite_and_nothing_else_is() -> None:
    found = build_trial(0, "COMPLETE", {}, ["inf", "-inf", "INF_POS", "INF_NEG"], None, {})
    assert found.values == (math.inf, -math.inf, math.inf, -math.inf)
    assert not found.is_valued
    with pytest.raises(ValueError, match="`high` is no number"):
        build_trial(0, "COMPLETE", {}, ["high"], None, {})


def test_a_time_without_a_zone_is_utc() -> None:
    noon = datetime(2026, 1, 1, 12)  # as a database gives it
    assert build_trial(0, "FAIL", {}, None, None, {}, completed=noon).completed == noon.replace(tzinfo=UTC)
    east = noon.replace(tzinfo=timezone(timedelta(hours=2)))
    assert build_trial(0, "FAIL", {}, None, None, {}, completed=east).completed == east
    assert build_trial(0, "RUNNING", {}, None, None, {}).completed is None


REFERENCE = (ROOT / "docs" / "reference" / "worker.md").read_text().partition("## Attributes of a trial")[2]
STRUCTURES = re.findall(r"^\| `(hposweep:\w+)` \| (?:`[{\[]|list)", REFERENCE, re.MULTILINE)


def test_the_reference_has_attributes_that_are_lists_or_objects() -> None:
    assert {"hposweep:baseline", "hposweep:contrast", "hposweep:start"} <= set(STRUCTURES)


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_list_or_an_object_is_kept_where_a_worker_writes_one(name: str) -> None:
    """One that is dropped is unknown to every rule: without its mark, a baseline trial was tried again in each pass."""
    assert build_trial(0, "WAITING", {}, None, None, {name: {"key": 1}}).attributes == {name: {"key": 1}}


def test_a_list_or_an_object_is_dropped_where_a_worker_writes_a_plain_value() -> None:
    attributes = {"hposweep:worker": [1], "hposweep:class": "Crashed", "mine": [1]}
    assert build_trial(0, "FAIL", {}, None, None, attributes).attributes == {"hposweep:class": "Crashed", "mine": [1]}
