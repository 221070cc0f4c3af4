"""The changes between two statuses of a sweep, as entries of its history without numbers. Called by `record`.

Everything is derived from what the statuses and one observation say, never from an action: an action that was executed
before the operator was killed is visible in the next observation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hposweep.api import conditions as c
from hposweep.api.managers import actor
from hposweep.api.names import FIELD_MANAGER
from hposweep.api.record import MAX_NUMBERS, RecordKind, RecordStatus
from hposweep.api.status import DecisionStatus, Status
from hposweep.api.sweep import Sweep
from hposweep.model.history import FAIL, History, Trial
from hposweep.report.flips import flips
from hposweep.report.recorded_spec import differences, worded
from hposweep.text import count, sentences
from hpotrial import protocol

_GATES = (c.ACCEPTED, c.STORAGE_READY, c.PREFLIGHT_PASSED, c.BASELINE_PASSED, c.APPROVED)
_ENDS = (c.COMPLETE, c.FAILED)
# `Ended` repeats `Complete` or `Failed`, and decisions have entries of their own.
_OTHERWISE_RECORDED = (c.ENDED, c.ON_TRACK)
_QUIET_REASONS = (c.PENDING, c.NOT_YET, c.SCALING_UP, c.SKIPPED, c.NOT_REQUIRED)
_STOP, _SUSPEND, _APPROVAL, _ANSWERS = "stop", "suspend", "approval", "answers"  # fields of the spec
_OLDER = "the history begins here, because an earlier release kept none"
MAX_TRIALS = 10  # that one entry names
MAX_NUMBER = 1e300  # larger ones have no meaning, and an integer may not fit into a float
_SPEC_KINDS = {_STOP: RecordKind.STOP, _APPROVAL: RecordKind.APPROVAL, _ANSWERS: RecordKind.ANSWER}


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry before it has a number and a time."""

    kind: RecordKind
    message: str
    actor: str = FIELD_MANAGER
    numbers: Mapping[str, float] = field(default_factory=dict)


def entry_drafts(
    sweep: Sweep, after: Status, spec: Mapping[str, str], images: Sequence[str], history: History | None
) -> Iterator[EntryDraft]:
    """Yield the entries of one pass: causes before their effects. `spec` and `images` are the present ones."""
    before = sweep.status
    past = before.history if before is not None else None
    yield from _of_spec(sweep, past, spec)
    yield from _of_decisions(before, after)
    if after.stop_when is not None and (before is None or before.stop_when is None):
        yield EntryDraft(RecordKind.STOP, f"`spec.{after.stop_when.rule}`: {after.stop_when.message}")
    if before is not None:  # the losses and retries of an adopted study belong to an earlier sweep
        yield from _of_losses(before, after, history)
        yield from _of_retries(before, after, history)
    if past is not None and images and tuple(images) != past.images:
        earlier = f"{', '.join(past.images)} → " if past.images else ""
        yield EntryDraft(RecordKind.IMAGE, f"workers run image {earlier}{', '.join(images)}")
    yield from _of_conditions(sweep, after)


def _of_spec(sweep: Sweep, past: RecordStatus | None, spec: Mapping[str, str]) -> Iterator[EntryDraft]:
    generation = {"generation": float(sweep.generation)}
    if past is None:
        older = _OLDER if sweep.status is not None else ""
        size = f"{count(sweep.spec.trials.max, 'trial')}, {count(sweep.spec.workers.replicas, 'worker')}"
        owner = f"owner {sweep.spec.owner}" if sweep.spec.owner else ""
        message = sentences(older, size, owner, sweep.spec.description)
        yield EntryDraft(RecordKind.CREATED, message, actor(sweep.managers, _spec_fields(spec)), generation)
        return
    if sweep.status is None or sweep.status.observed_generation == sweep.generation:
        return
    changes = differences(past.spec, spec)
    fields = {path.partition(".")[0] for path, _, _ in changes}
    kind = next((kind for name, kind in _SPEC_KINDS.items() if name in fields), RecordKind.SPEC)
    message = worded(changes) or f"the spec has generation {sweep.generation}, and no recorded field differs"
    yield EntryDraft(kind, message, actor(sweep.managers, fields), generation)


def _spec_fields(spec: Mapping[str, str]) -> set[str]:
    """Return the top-level names of recorded fields."""
    return {path.partition(".")[0] for path in spec}


def _of_decisions(before: Status | None, after: Status) -> Iterator[EntryDraft]:
    states = {entry.name: _state(entry) for entry in before.decisions} if before is not None else {}
    for entry in after.decisions:
        if states.get(entry.name) != _state(entry):
            label = f" ({entry.label})" if entry.label else ""
            dry = ", a dry run" if entry.dry_run else ""
            message = f"`{entry.name}`: {entry.outcome}{label}{dry}; {entry.message}"
            yield EntryDraft(RecordKind.DECISION, message, entry.by or FIELD_MANAGER, _numbers(entry.evidence))


def _state(entry: DecisionStatus) -> tuple[str, bool]:
    return entry.outcome, entry.deadline is not None


def _of_losses(before: Status, after: Status, history: History | None) -> Iterator[EntryDraft]:
    """Yield an entry for each class of failures that are not the objective's own, and that has more trials."""
    earlier = before.trials.failures
    for name in protocol.INFRASTRUCTURE_CLASSES:
        additional = after.trials.failures.get(name, 0) - earlier.get(name, 0)
        if additional > 0:
            trials = [trial for trial in _failed(history) if trial.attributes.get(protocol.CLASS) == name]
            numbers = _newest(trials, additional)
            message = f"{count(additional, 'trial')} lost by {name}{numbers}"
            yield EntryDraft(RecordKind.REAP, message, numbers={"trials": float(additional)})


def _of_retries(before: Status, after: Status, history: History | None) -> Iterator[EntryDraft]:
    additional = after.trials.retried - before.trials.retried
    if additional > 0:
        retries = [trial for trial in _trials(history) if protocol.RETRIED_FROM in trial.attributes]
        newest = retries[-additional:][:MAX_TRIALS]
        pairs = ", ".join(f"{trial.number} (of {trial.attributes[protocol.RETRIED_FROM]})" for trial in newest)
        message = f"{count(additional, 'trial')} retried{f': {pairs}' if pairs else ''}"
        yield EntryDraft(RecordKind.RETRY, message, numbers={"trials": float(additional)})


def _trials(history: History | None) -> tuple[Trial, ...]:
    return history.trials if history is not None else ()


def _failed(history: History | None) -> Iterator[Trial]:
    return (trial for trial in _trials(history) if trial.state == FAIL)


def _newest(trials: Sequence[Trial], additional: int) -> str:
    """Return the numbers of the trials that were lost: the newest, as far as the observation has them."""
    numbers = [trial.number for trial in trials[-additional:]]
    shown = ", ".join(map(str, numbers[:MAX_TRIALS]))
    return f": {shown}{' and others' if len(numbers) > MAX_TRIALS else ''}" if shown else ""


def _of_conditions(sweep: Sweep, after: Status) -> Iterator[EntryDraft]:
    for _, condition in flips(sweep.status, after):
        if condition.type in _OTHERWISE_RECORDED or condition.reason in _QUIET_REASONS:
            continue
        kind = RecordKind.GATE if condition.type in _GATES else RecordKind.CONDITION
        if condition.type in _ENDS and condition.is_true:
            kind = RecordKind.END
        person = actor(sweep.managers, (_SUSPEND,)) if condition.type == c.SUSPENDED else FIELD_MANAGER
        numbers = _end_numbers(after) if kind is RecordKind.END else {}
        message = f"{condition.type}={condition.status}, {condition.reason}: {condition.message}"
        yield EntryDraft(kind, message, person, numbers)


def _end_numbers(status: Status) -> dict[str, float]:
    trials = status.trials
    numbers = {"complete": trials.complete, "pruned": trials.pruned, "failed": trials.failed}
    best = {"best": status.best.value} if status.best is not None else {}
    return _numbers({**numbers, **best})


def _numbers(evidence: Mapping[str, Any] | None) -> dict[str, float]:
    """Return the finite numbers among the values, the first few by name."""
    values = {name: value for name, value in sorted((evidence or {}).items()) if _is_number(value)}
    return {name: float(value) for name, value in list(values.items())[:MAX_NUMBERS]}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MAX_NUMBER
