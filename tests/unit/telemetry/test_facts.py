"""What a pass keeps of the trials for the metrics."""

from __future__ import annotations

from dataclasses import replace

from hposweep.model.history import History
from hposweep.telemetry.facts import Facts, facts
from tests.unit import world
from tests.unit.judge.histories import after, failed, trial
from tests.unit.telemetry.scrape import observed


def read(*trials: object) -> Facts:
    sweep = world.sweep()
    result = facts(sweep, observed(sweep, *trials))  # type: ignore[arg-type]
    assert result is not None
    return result


def test_nothing_is_kept_of_a_study_that_was_not_read() -> None:
    sweep = world.sweep()
    seen = observed(sweep, trial(0, 0.1))
    assert facts(sweep, world.seen(world.LOST)) is None
    assert facts(sweep, replace(seen, history=None)) is None, "a study of another owner"


def test_a_trial_without_a_time_or_a_duration_is_left_out() -> None:
    known = read(trial(0, 0.1), trial(1, 0.9, completed=None, seconds=None), trial(2, 0.2, seconds=float("nan")))
    assert known.durations is not None
    assert sum(known.durations.counts) == 1
    assert known.finished == after(180)
    assert known.improved is None, "the best one has no time"


def test_a_trial_that_was_requeued_has_not_finished() -> None:
    known = read(trial(0, 0.1), failed(1, charged=False))
    assert known.durations is not None
    assert sum(known.durations.counts) == 1
    assert known.finished == after(60)


def test_trials_are_read_once_as_long_as_none_has_finished() -> None:
    sweep = world.sweep()
    seen = observed(sweep, *(trial(number, 0.1) for number in range(3)))
    first, again = facts(sweep, seen), facts(sweep, seen)
    assert first is not None
    assert again is not None
    assert first.durations is again.durations
    other = facts(sweep, replace(seen, history=History(seen.history.trials))) if seen.history is not None else None
    assert other is not None
    assert other.durations is not first.durations
