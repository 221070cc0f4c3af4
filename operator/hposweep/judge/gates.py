"""The gates before the first worker: the contract holds, the study is usable and ours. Called by `judge`."""

from __future__ import annotations

from collections.abc import Sequence

from hposweep.api import conditions
from hposweep.api.sweep import Sweep
from hposweep.judge import connections
from hposweep.model.findings import ContractFinding, Severity
from hposweep.model.observation import Fault
from hposweep.model.storage import Storage
from hposweep.model.trials import Study
from hposweep.model.verdicts import Gate
from hposweep.text import truncate

MESSAGE_LIMIT = 4000  # characters of warnings; the schema allows more, but people have to read them


def accepted(faults: tuple[Fault, ...], warnings: tuple[ContractFinding, ...] = ()) -> Gate:
    """Open when nothing speaks against the spec; otherwise every fault is in the sentence. Warnings shut nothing."""
    if faults:
        return Gate(is_open=False, reason=faults[0].reason, message="; ".join(fault.message for fault in faults))
    said = [finding for finding in warnings if finding.severity is Severity.WARNING]
    if not said:
        return Gate(is_open=True, reason=conditions.VALID, message="the spec can work")
    return Gate(is_open=True, reason=conditions.VALID_WITH_WARNINGS, message=_worded(said))


def _worded(warnings: Sequence[ContractFinding]) -> str:
    """As many of them as fit, whole, and how many are left out."""
    head = f"the spec can work; {len(warnings)} warnings: " if len(warnings) > 1 else "the spec can work; one warning: "
    sentences = [f"{finding.rule}: {finding.message}" for finding in warnings]
    for shown in range(len(sentences), 0, -1):
        left = len(sentences) - shown
        rest = f"; and {left} more: `hposweep validate` shows all" if left else ""
        message = head + "; ".join(sentences[:shown]) + rest
        if len(message) <= MESSAGE_LIMIT:
            return message
    return truncate(f"{head}{sentences[0]}", MESSAGE_LIMIT)


def storage(sweep: Sweep, seen: Storage) -> Gate:
    """Open when the study is this sweep's; a study that is still to be created does not open it yet."""
    if not seen.is_reachable:
        return Gate(is_open=False, reason=seen.reason, message=seen.message)
    if seen.study is None:
        return Gate(is_open=False, reason=conditions.PENDING, message=f"study `{sweep.study_name}` is being created")
    if seen.study.owner == sweep.uid:
        return _ours(sweep, seen, seen.study)
    if may_claim(sweep, seen.study) and seen.study.directions != sweep.directions:
        return Gate(is_open=False, reason=conditions.STUDY_MISMATCH, message=_mismatch(sweep, seen.study))
    if may_claim(sweep, seen.study):
        return Gate(is_open=False, reason=conditions.PENDING, message=f"study `{seen.study.name}` is being taken over")
    return Gate(is_open=False, reason=conditions.STUDY_OWNED_BY_ANOTHER, message=_owned(seen.study))


def _ours(sweep: Sweep, seen: Storage, study: Study) -> Gate:
    workers = sweep.spec.workers.replicas
    why = connections.missing(workers, seen.limits)
    if why and not sweep.spec.is_stopping:
        return Gate(is_open=False, reason=conditions.TOO_FEW_CONNECTIONS, message=why)
    message = f"study `{study.name}` (id {study.id})"
    room = connections.room(workers, seen.limits)
    if room:
        return Gate(is_open=True, reason=conditions.CONNECTED, message=f"{message}; {room}")
    # With workers nothing is counted any more. What was said at their start still tells how close it was.
    before = sweep.status.condition(conditions.STORAGE_READY) if sweep.status else None
    said = f"{message}; {connections.room_for(workers)}"
    if before is not None and before.reason == conditions.CONNECTED and before.message.startswith(said):
        message = before.message
    return Gate(is_open=True, reason=conditions.CONNECTED, message=message)


def may_claim(sweep: Sweep, study: Study) -> bool:
    """Whether a study that exists may become this sweep's: nobody owns it, and it is empty or meant to be adopted."""
    has_trials = study.counts != type(study.counts)()
    return study.owner is None and (sweep.spec.study.adopt or not has_trials)


def _mismatch(sweep: Sweep, study: Study) -> str:
    has, wanted = (", ".join(word.capitalize() for word in words) for words in (study.directions, sweep.directions))
    return (
        f"study `{study.name}` exists already with other objectives ({has}) than `spec.study.objectives` ({wanted}); "
        "make them equal, or choose another `spec.study.name`"
    )


def _owned(study: Study) -> str:
    if study.owner is not None:
        return (
            f"study `{study.name}` belongs to another sweep (uid {study.owner}); "
            "choose another `spec.study.name`, or delete that sweep first"
        )
    return (
        f"study `{study.name}` exists already, with {study.counts.finished} finished trials, and no sweep owns it; "
        "`spec.study.adopt: true` continues it, another `spec.study.name` starts a new one"
    )
