"""A change of what the trials of one study run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.judge.health.source_changed import RESTORED_TRIALS
from hposweep.model.findings import Severity
from hposweep.model.history import Trial
from tests.unit import world
from tests.unit.judge.health.builders import attributes, complete, found, running

REASON = "SourceChanged"
OLD, NEW = "3f2a91bc0d4e", "c4d5e6f70a1b"
DIGESTS = [f"sha256:{letter * 64}" for letter in "ab"]


def trials(**values: list[Any]) -> list[Trial]:
    """One finished trial for each value."""
    ((name, listed),) = values.items()
    return [complete(n, n / 100, attributes=attributes(**{name: value})) for n, value in enumerate(listed)]


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("code", [OLD, OLD, NEW], "the code changed after trial 1 (3f2a91bc0d4e in trial 1, c4d5e6f70a1b in trial 2)."),
        ("commit", [OLD * 4, NEW * 4], "the commit changed after trial 0 (3f2a91bc0d4e in trial 0, "),
        ("image", DIGESTS, "the image changed after trial 0 (aaaaaaaaaaaa in trial 0, bbbbbbbbbbbb in trial 1)."),
        ("image", [*DIGESTS, *DIGESTS], "in trial 1), and 2 more times later."),
    ],
)
def test_a_change_is_a_finding_with_both_values(name: str, values: list[str], sentence: str) -> None:
    finding = found(world.sweep(), trials(**{name: values}))[REASON]
    assert sentence in finding.message
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "values",
    [
        {"code": [OLD, OLD]},
        {"code": [OLD, None, OLD]},
        {"image": ["r:1", DIGESTS[0]]},
        {"commit": [[1], {"a": 2}, OLD]},
    ],
)
def test_equal_and_unknown_values_are_no_change(values: dict[str, list[Any]]) -> None:
    assert REASON not in found(world.sweep(), trials(**values))


def test_trials_before_the_sweep_and_those_that_run_do_not_count() -> None:
    sweep = world.sweep()
    listed = trials(code=[OLD, NEW])
    study = world.study(sweep)
    adopted = replace(study, control={**(study.control or {}), "breakerFrom": 1})
    assert REASON in found(sweep, listed)
    assert REASON not in found(sweep, listed, study=adopted)
    assert REASON not in found(sweep, [listed[0], running(1, attributes=listed[1].attributes)])


@pytest.mark.parametrize(("restored", "is_told"), [(RESTORED_TRIALS - 1, True), (RESTORED_TRIALS, False)])
def test_it_ends_when_the_newest_trials_run_the_first_code_again(restored: int, *, is_told: bool) -> None:
    listed = trials(code=[OLD, NEW, *[OLD] * restored])
    assert (REASON in found(world.sweep(), listed)) is is_told


def test_a_change_that_stays_is_told_to_the_end() -> None:
    assert REASON in found(world.sweep(), trials(code=[OLD, *[NEW] * 50]))


def test_a_change_that_the_spec_accepts_is_told_no_more_and_the_next_one_is() -> None:
    accepting = world.sweep(health={"sourceSinceTrial": 2})
    listed = trials(code=[OLD, OLD, NEW, NEW])
    assert "`spec.health.sourceSinceTrial`" in found(world.sweep(), listed)[REASON].action
    assert REASON not in found(accepting, listed)
    assert "after trial 3" in found(accepting, trials(code=[OLD, OLD, NEW, NEW, OLD]))[REASON].message
