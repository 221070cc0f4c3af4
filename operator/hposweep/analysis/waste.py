"""Where the time went: failures by class, pruning, and repeated parameters. Called by `analyze`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from hposweep.analysis.view import StudyView
from hposweep.judge.health.duplicates import parameters_key
from hposweep.model.history import COMPLETE, FAIL, PRUNED, Trial
from hpotrial.protocol import CLASS, RETRIED_FROM

UNCLASSIFIED = "no class recorded"


@dataclass(frozen=True, slots=True)
class StateTime:
    """The ended trials of one state. Times are None where Optuna recorded none."""

    state: str
    trials: int
    share: float  # of the ended trials
    seconds: float | None
    time_share: float | None
    median_seconds: float | None


@dataclass(frozen=True, slots=True)
class FailureClass:
    """Failed trials of one class, as workers of HPOSweep record it."""

    name: str
    trials: int


@dataclass(frozen=True, slots=True)
class Waste:
    """`saved_seconds`: what the pruned trials would have taken beyond their time, at the median of complete ones."""

    states: tuple[StateTime, ...]
    failures: tuple[FailureClass, ...]
    saved_seconds: float | None
    repeats: int  # trials whose parameters an earlier trial had
    notes: tuple[str, ...]


def waste(view: StudyView) -> Waste:
    ended = [trial for trial in view.history.trials if trial.state in (COMPLETE, PRUNED, FAIL)]
    total = sum(_seconds(ended))
    states = tuple(
        _state(state, [trial for trial in ended if trial.state == state], len(ended), total)
        for state in (COMPLETE, PRUNED, FAIL)
    )
    classes = Counter(str(trial.attributes.get(CLASS, UNCLASSIFIED)) for trial in ended if trial.state == FAIL)
    notes = []
    if classes[UNCLASSIFIED]:
        notes.append("Optuna does not record why a trial failed; only workers of HPOSweep do.")
    if any(trial.seconds is None for trial in ended):
        notes.append("Some ended trials have no recorded duration.")
    if not ended:
        notes.append("Unknown: no trial has ended.")
    return Waste(
        states=states if ended else (),
        failures=tuple(FailureClass(name, n) for name, n in classes.most_common()),
        saved_seconds=_saved(ended),
        repeats=_repeats(ended),
        notes=tuple(notes),
    )


def _seconds(trials: Iterable[Trial]) -> list[float]:
    return [trial.seconds for trial in trials if trial.seconds is not None and trial.seconds >= 0]


def _state(state: str, trials: Sequence[Trial], ended: int, total: float) -> StateTime:
    times = _seconds(trials)
    return StateTime(
        state=state,
        trials=len(trials),
        share=len(trials) / ended if ended else 0.0,
        seconds=sum(times) if times else None,
        time_share=sum(times) / total if times and total > 0 else None,
        median_seconds=median(times) if times else None,
    )


def _saved(ended: Sequence[Trial]) -> float | None:
    complete = _seconds(trial for trial in ended if trial.state == COMPLETE)
    pruned = _seconds(trial for trial in ended if trial.state == PRUNED)
    if not complete or not pruned:
        return None
    return sum(max(0.0, median(complete) - seconds) for seconds in pruned)


def _repeats(ended: Sequence[Trial]) -> int:
    """Count trials whose parameters an earlier trial had; retries repeat them on purpose."""
    keys: set[object] = set()
    repeats = 0
    for trial in ended:
        if trial.params and RETRIED_FROM not in trial.attributes:
            name = parameters_key(trial)
            repeats += name in keys
            keys.add(name)
    return repeats
