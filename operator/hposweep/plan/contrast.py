"""The last part of the budget for `spec.contrast`: fair pairs, enqueued once, when the search has had its part.

Why pairs, and why so late: docs/adr/0023. Called by `planner`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain, islice, zip_longest

from hposweep.api.spec import LEAST_SEARCHED, ContrastSpec
from hposweep.api.sweep import Sweep
from hposweep.model.history import History, Trial
from hposweep.model.observation import Observation
from hposweep.model.plan import EnqueuedTrial, EnqueueTrials
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts
from hposweep.plan.pairs import Pair, pairs
from hpotrial import protocol
from hpotrial.protocol.contrast import ContrastMark
from hpotrial.protocol.control import ControlBlock

LOOK_SECONDS = 3.0  # between two looks at the study, a slow database included


def contrast(sweep: Sweep, seen: Observation, verdicts: Verdicts) -> EnqueueTrials | None:
    """The trials to enqueue now; None when it is not time, when it was done, or when nothing can be compared."""
    wanted, study, history = sweep.spec.contrast, seen.storage.study, seen.history
    if wanted is None or study is None or history is None:
        return None
    if not _can_contrast(sweep) or not _goes_on(sweep, seen, study, verdicts):
        return None
    if not _is_due(sweep, wanted, study, history) or len(history.searched) < LEAST_SEARCHED:
        return None
    done = history.remember("contrasted parameters", lambda: _contrasted(history))
    names = [name for name in dict.fromkeys(wanted.parameters) if name not in done]
    limit = sweep.spec.trials.max
    room = limit - study.counts.charged - study.counts.waiting
    if not names or room < 2:
        return None
    chosen = tuple(islice(_fairly(sweep, names, wanted.pairs, history), room // 2))
    if not chosen:
        return None
    return EnqueueTrials(study.id, tuple(chain.from_iterable(_trials(*entry) for entry in chosen)), limit)


def _can_contrast(sweep: Sweep) -> bool:
    """One objective that says which of two is better, and a sampler that lets others add trials."""
    return len(sweep.spec.study.objectives) == 1 and not sweep.spec.study.sampler.is_exhaustive


def _goes_on(sweep: Sweep, seen: Observation, study: Study, verdicts: Verdicts) -> bool:
    """Workers may still ask. A fault that is found in a spec that has its Job stops nobody."""
    is_told_to_stop = ControlBlock.from_json(study.control or {}).is_stopping
    is_stopping = verdicts.stop is not None or verdicts.pending_end is not None
    is_ending = is_stopping or is_told_to_stop or study.is_stopped
    may_run = verdicts.accepted.is_open or bool(seen.workers.jobs)
    return may_run and study.breaker is None and not is_ending


def _is_due(sweep: Sweep, wanted: ContrastSpec, study: Study, history: History) -> bool:
    """What is left of the budget is what the pairs need, but for those trials that are asked before they wait."""
    margin = max(sweep.spec.workers.replicas, history.remember("finished in one look", lambda: _lately(history)))
    return study.counts.charged >= sweep.spec.trials.max - wanted.trials - margin


def _lately(history: History) -> int:
    """How many trials finish between two looks; by the database's clock alone."""
    times = [trial.completed for trial in history.finished if trial.completed is not None]
    since = max(times) - timedelta(seconds=LOOK_SECONDS) if times else None
    return sum(time > since for time in times) if since is not None else 0


def _fairly(sweep: Sweep, names: Sequence[str], count: int, history: History) -> Iterator[tuple[str, int, Pair]]:
    """Parameter, number within it, pair; one of each parameter in turn, so that a cut takes from all alike."""
    ranked = _ranked(sweep, history)
    columns = [
        [(name, number, pair) for number, pair in enumerate(pairs(sweep.spec.search_space, name, ranked, count))]
        for name in names
    ]
    return (entry for row in zip_longest(*columns) for entry in row if entry is not None)


def _contrasted(history: History) -> frozenset[str]:
    attributes = (trial.attributes[protocol.CONTRAST] for trial in history.trials if trial.is_contrast)
    marks = (ContrastMark.from_json(attribute) for attribute in attributes)
    return frozenset(mark.parameter for mark in marks if mark is not None and mark.parameter is not None)


def _ranked(sweep: Sweep, history: History) -> Sequence[Trial]:
    """The sampler's own valued trials, best first, ties by number."""
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
