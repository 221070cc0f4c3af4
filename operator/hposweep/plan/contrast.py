"""Enqueue the pairs of `spec.contrast` once, when the search has spent its part of the budget.

The reason for pairs, and for the end of the budget: docs/adr/0023. Called by `planner`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain, islice, zip_longest

from hposweep.api.spec import MIN_SEARCHED, ContrastSpec
from hposweep.api.sweep import Sweep
from hposweep.model.enqueueing import EnqueuedTrial, EnqueueTrials
from hposweep.model.history import History, Trial
from hposweep.model.observation import Observation
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts
from hposweep.plan.pairs import Pair, pairs
from hpotrial import protocol
from hpotrial.protocol.contrast import ContrastMark
from hpotrial.protocol.control import ControlBlock

POLL_SECONDS = 3.0  # between two reads of the study, a slow database included


def contrast(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> EnqueueTrials | None:
    """Return the trials to enqueue; None when it is too early, when it was done, or when nothing can be compared."""
    spec, study, history = sweep.spec.contrast, observation.storage.study, observation.history
    if spec is None or study is None or history is None:
        return None
    if not _can_contrast(sweep) or not _may_ask(sweep, observation, study, verdicts):
        return None
    if not _is_due(sweep, spec, study, history) or len(history.searched) < MIN_SEARCHED:
        return None
    contrasted = history.remember("contrasted parameters", lambda: _contrasted(history))
    names = [name for name in dict.fromkeys(spec.parameters) if name not in contrasted]
    limit = sweep.spec.trials.max
    room = limit - study.counts.charged - study.counts.waiting
    if not names or room < 2:
        return None
    selection = tuple(islice(_in_turn(sweep, names, spec.pairs, history), room // 2))
    if not selection:
        return None
    return EnqueueTrials(study.id, tuple(chain.from_iterable(_trials(*entry) for entry in selection)), limit)


def _can_contrast(sweep: Sweep) -> bool:
    """Return whether one objective ranks any two trials, and the sampler lets others add trials."""
    return len(sweep.spec.study.objectives) == 1 and not sweep.spec.study.sampler.is_exhaustive


def _may_ask(sweep: Sweep, observation: Observation, study: Study, verdicts: Verdicts) -> bool:
    """Return whether workers may still ask for trials; a fault found after the search started does not stop them."""
    is_told_to_stop = ControlBlock.from_json(study.control or {}).is_stopping
    is_stopping = verdicts.stop is not None or verdicts.pending_end is not None
    is_ending = is_stopping or is_told_to_stop or study.is_stopped
    may_run = verdicts.accepted.is_open or observation.search.has_started
    return may_run and study.breaker is None and not is_ending


def _is_due(sweep: Sweep, spec: ContrastSpec, study: Study, history: History) -> bool:
    """Return whether the budget that is left is what the pairs need, plus the trials asked before they are enqueued."""
    margin = max(
        sweep.spec.workers.replicas, history.remember("finished between two polls", lambda: _finished_lately(history))
    )
    return study.counts.charged >= sweep.spec.trials.max - spec.trials - margin


def _finished_lately(history: History) -> int:
    """Return how many trials finish between two polls, by the database's clock alone."""
    times = [trial.completed for trial in history.finished if trial.completed is not None]
    since = max(times) - timedelta(seconds=POLL_SECONDS) if times else None
    return sum(time > since for time in times) if since is not None else 0


def _in_turn(sweep: Sweep, names: Sequence[str], count: int, history: History) -> Iterator[tuple[str, int, Pair]]:
    """Yield parameter, number within it, pair: one of each parameter in turn, so that a cut takes from all alike."""
    trials = _best_first(sweep, history)
    columns = [
        [(name, number, pair) for number, pair in enumerate(pairs(sweep.spec.search_space, name, trials, count))]
        for name in names
    ]
    return (entry for row in zip_longest(*columns) for entry in row if entry is not None)


def _contrasted(history: History) -> frozenset[str]:
    attributes = (trial.attributes[protocol.CONTRAST] for trial in history.trials if trial.is_contrast)
    marks = (ContrastMark.from_json(attribute) for attribute in attributes)
    return frozenset(mark.parameter for mark in marks if mark is not None and mark.parameter is not None)


def _best_first(sweep: Sweep, history: History) -> Sequence[Trial]:
    """Return the sampler's own valued trials, best first, ties by number."""
    sign = -1.0 if sweep.spec.study.objectives[0].is_maximized else 1.0
    return sorted(history.searched, key=lambda trial: (sign * trial.values[0], trial.number))


def _trials(name: str, number: int, pair: Pair) -> tuple[EnqueuedTrial, ...]:
    return tuple(
        EnqueuedTrial(
            side.params,
            {protocol.CONTRAST: ContrastMark(name, number, pair.of, side.value).to_json()},
        )
        for side in pair.sides
    )
