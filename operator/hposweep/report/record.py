"""Add the entries of one pass to `status.history`. Called by `reconcile`; equal input, equal status."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hposweep.api.record import (
    KEPT_ENTRIES,
    MAX_ACTOR_CHARACTERS,
    MAX_IMAGES,
    MAX_MESSAGE_CHARACTERS,
    RecordEntry,
    RecordStatus,
)
from hposweep.api.spec import Spec
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.report.record_entries import EntryDraft, entry_drafts
from hposweep.report.recorded_spec import recorded_spec
from hposweep.text import truncate


def with_history(sweep: Sweep, status: Status, observation: Observation | None, now: datetime) -> Status:
    """Return the status with its history. A pass without a change keeps the earlier one."""
    before = sweep.status
    past = before.history if before is not None else None
    is_same_spec = past is not None and before is not None and before.observed_generation == sweep.generation
    spec = past.spec if past is not None and is_same_spec else recorded_spec(_without_baseline(sweep))
    images = _images(observation)
    history = observation.history if observation is not None else None
    drafts = tuple(entry_drafts(sweep, status, spec, images, history))
    if past is not None and not drafts:
        return replace(status, history=past)
    first = (past.count if past is not None else 0) + 1
    entries = (_entry(first + place, draft, status, now) for place, draft in enumerate(drafts))
    earlier = past.entries if past is not None else ()
    kept_images = images or (past.images if past is not None else ())
    record = RecordStatus(first + len(drafts) - 1, spec, kept_images, (*earlier, *entries)[-KEPT_ENTRIES:])
    return replace(status, history=record)


def _without_baseline(sweep: Sweep) -> Spec:
    """Return the spec without the attempts that raise the budget, because no person has changed it."""
    trials = sweep.spec.trials
    return replace(sweep.spec, trials=replace(trials, max=trials.max - sweep.baseline_trials))


def _entry(number: int, draft: EntryDraft, status: Status, now: datetime) -> RecordEntry:
    return RecordEntry(
        number=number,
        time=now.replace(microsecond=0),
        kind=draft.kind.value,
        actor=truncate(draft.actor, MAX_ACTOR_CHARACTERS),
        message=truncate(draft.message, MAX_MESSAGE_CHARACTERS),
        trials=status.trials.finished,
        numbers=draft.numbers,
    )


def _images(observation: Observation | None) -> tuple[str, ...]:
    """Return the digests that the pods of the search run."""
    if observation is None:
        return ()
    digests = {pod.image for pod in observation.search.running_pods if pod.image}
    return tuple(sorted(digests)[:MAX_IMAGES])
