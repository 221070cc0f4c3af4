"""Divide the time of one pod by use, from its timestamps and those of its trials. Called by `ledger`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from hposweep.judge.ledger.spans import TrialSpan
from hposweep.model.gpu_seconds import GpuSeconds, PodTimes

Piece = tuple[datetime, datetime, Counter[str]]  # begin, end, and the trials that run in it, by use


def pod_seconds(times: PodTimes, spans: Sequence[TrialSpan] | None, now: datetime) -> GpuSeconds:
    """Return the seconds of the pod until its end, or until `now`, for one GPU. They add up, whatever the clocks say.

    `spans` is None when its trials cannot be read: then its time counts as idle.
    """
    begin = times.created
    end = max(begin, times.ended if times.ended is not None else now)
    scheduled = _clipped(times.scheduled, begin, end)
    started = _clipped(times.started, scheduled, end)
    seconds = GpuSeconds(queue=_seconds(begin, scheduled), pull=_seconds(scheduled, started))
    if spans is None:
        return seconds + GpuSeconds(idle=_seconds(started, end))
    return seconds + _run(started, end, spans, has_ended=times.ended is not None)


def _run(started: datetime, end: datetime, spans: Sequence[TrialSpan], *, has_ended: bool) -> GpuSeconds:
    """Divide the time from the container's start on."""
    inside = [
        TrialSpan(max(span.begin, started), min(span.end, end), span.use)
        for span in spans
        if span.end > started and span.begin < end
    ]
    if not inside:
        run = _seconds(started, end)
        return GpuSeconds(waiting=run) if has_ended else GpuSeconds(start=run)
    first, last = min(span.begin for span in inside), max(span.end for span in inside)
    uses = defaultdict(float, {"start": _seconds(started, first)})
    uses["waiting" if has_ended else "idle"] = _seconds(last, end)
    for begin, piece_end, running in _pieces(inside):
        total = sum(running.values())
        seconds = _seconds(begin, piece_end)
        if not total:
            uses["idle"] += seconds
            continue
        for use, number in running.items():  # trials that run at the same time share the GPU
            uses[use] += seconds * number / total
    return GpuSeconds.of(uses)


def _pieces(spans: Sequence[TrialSpan]) -> Iterator[Piece]:
    """Yield the pieces between the moments at which a trial begins or ends."""
    changes = sorted(
        [(span.begin, 1, span.use) for span in spans] + [(span.end, -1, span.use) for span in spans],
        key=lambda change: change[0],
    )
    running: Counter[str] = Counter()
    for (time, change, use), (next_time, _, _) in pairwise(changes):
        running[use] += change
        if next_time > time:
            yield time, next_time, running


def _clipped(moment: datetime | None, low: datetime, high: datetime) -> datetime:
    """Return the moment within the limits; one that has not been is at the upper limit."""
    return high if moment is None else min(max(moment, low), high)


def _seconds(begin: datetime, end: datetime) -> float:
    return (end - begin).total_seconds()
