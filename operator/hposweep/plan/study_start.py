"""Enqueue the trials that come before those of the sampler: `spec.study.enqueue` and `spec.study.warmStart`.

Each has a key that every pass computes alike, so that it is enqueued once. Called by `planner` before the search Job.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from hposweep.api.domain import Domain
from hposweep.api.sweep import Sweep
from hposweep.model.enqueueing import EnqueuedTrial, EnqueueStart
from hposweep.model.history import History
from hposweep.model.observation import Observation
from hposweep.model.study_start import StartMark, StartPoint
from hposweep.model.verdicts import Verdicts
from hpotrial import protocol

KEY_CHARACTERS = 16
MAX_CACHED = 128  # sweeps


def study_start(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> EnqueueStart | None:
    """Return what is not enqueued yet. A spec that is not accepted enqueues nothing, also while workers run."""
    study, history = observation.storage.study, observation.history
    if study is None or history is None or not verdicts.accepted.is_open or verdicts.stop is not None:
        return None
    if not sweep.spec.study.enqueue and not sweep.spec.study.warm_start:
        return None
    warm_starts = observation.warm_starts if study.warm_start is None else None
    points = [*enqueued_points(sweep), *(_warm_start_points(sweep, observation) if warm_starts else ())]
    keys = history.remember("keys of the study's start", lambda: _keys(history))
    trials = tuple(EnqueuedTrial(point.params, point.attributes) for point in points if point.mark.key not in keys)
    if not trials and not warm_starts:
        return None
    return EnqueueStart(study.id, trials, tuple(entry.record for entry in warm_starts) if warm_starts else None)


def enqueued_points(sweep: Sweep) -> tuple[StartPoint, ...]:
    """Return the points of `spec.study.enqueue`. The key of a point is its content: the list may be reordered.

    A point that the list has twice runs twice.
    """
    return _points(_PointsKey(sweep))


class _PointsKey:
    """What the points depend on, as a key of the cache: maps have no hash, but those with the same text are the same.

    The largest list takes a quarter of a second, and each pass needs it.
    """

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        self._text = repr((sweep.uid, sweep.spec.study.enqueue, sweep.spec.search_space))

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _PointsKey) and self._text == other._text


@lru_cache(maxsize=MAX_CACHED)
def _points(key: _PointsKey) -> tuple[StartPoint, ...]:
    domains = {item.name: Domain(item) for item in key.sweep.spec.search_space}
    times: Counter[str] = Counter()
    points = []
    for params in key.sweep.spec.study.enqueue:
        values = {name: domains[name].typed(value) if name in domains else value for name, value in params.items()}
        text = json.dumps(values, sort_keys=True, default=str)
        points.append(StartPoint(values, StartMark(_key(key.sweep.uid, text, times[text]))))
        times[text] += 1
    return tuple(points)


def _warm_start_points(sweep: Sweep, observation: Observation) -> Iterator[StartPoint]:
    """Yield the trials of other studies. A configuration that stands in two of them runs once."""
    texts = set()
    for position, entry in enumerate(observation.warm_starts or ()):
        for number, params in zip(entry.record.trials, entry.params, strict=True):
            text = json.dumps(params, sort_keys=True, default=str)
            if text not in texts:
                texts.add(text)
                key = _key(sweep.uid, "warm start", position, number)
                yield StartPoint(params, StartMark(key, entry.record.study, number))


def _key(*parts: object) -> str:
    """Return a short text; with the sweep's uid in it, because an earlier sweep of the study had points of its own."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:KEY_CHARACTERS]


def _keys(history: History) -> frozenset[str]:
    attributes: Iterator[Mapping[str, Any]] = (trial.attributes for trial in history.trials)
    marks = (StartMark.from_json(entry[protocol.START]) for entry in attributes if protocol.START in entry)
    return frozenset(mark.key for mark in marks if mark is not None)
