"""The gates before the first worker: the spec is valid, and the study is usable and owned. Called by `judge`."""

from __future__ import annotations

from collections.abc import Sequence

from hposweep.api import conditions
from hposweep.api.sweep import Sweep
from hposweep.judge import adopted_space, connections, take_over
from hposweep.model.findings import ContractFinding, Severity
from hposweep.model.gate import Gate
from hposweep.model.observation import Fault
from hposweep.model.ownership import OtherOwner
from hposweep.model.storage import Storage
from hposweep.model.trials import Study
from hposweep.text import clauses, count, truncate

MESSAGE_LIMIT = 4000  # characters of warnings; the schema allows more, but people have to read them


def accepted(faults: tuple[Fault, ...], warnings: tuple[ContractFinding, ...] = ()) -> Gate:
    """Return an open gate for a spec without faults, else one with all faults. Warnings do not close it."""
    if faults:
        return Gate(is_open=False, reason=faults[0].reason, message=clauses(*(fault.message for fault in faults)))
    serious = [finding for finding in warnings if finding.severity is Severity.WARNING]
    if not serious:
        return Gate(is_open=True, reason=conditions.VALID, message="the spec is valid")
    return Gate(is_open=True, reason=conditions.VALID_WITH_WARNINGS, message=_warning_message(serious))


def _warning_message(warnings: Sequence[ContractFinding]) -> str:
    """Return as many warnings as fit, each whole, and the number of those left out."""
    head = f"the spec is valid, with {count(len(warnings), 'warning')}: "
    sentences = [f"{finding.rule}: {finding.message}" for finding in warnings]
    for number in range(len(sentences), 0, -1):
        omitted = len(sentences) - number
        hint = f"and {omitted} more (`hposweep validate` shows all)" if omitted else ""
        message = clauses(head + sentences[0], *sentences[1:number], hint)
        if len(message) <= MESSAGE_LIMIT:
            return message
    return truncate(f"{head}{sentences[0]}", MESSAGE_LIMIT)


def storage(sweep: Sweep, storage: Storage) -> Gate:
    """Return an open gate once the study exists and this sweep owns it."""
    if not storage.is_reachable:
        return Gate(is_open=False, reason=storage.reason, message=storage.message)
    if storage.study is None and sweep.has_ended:
        message = f"study `{sweep.study_name}` does not exist; the sweep has ended and creates none"
        return Gate(is_open=False, reason=conditions.PENDING, message=message)
    if storage.study is None:
        return Gate(is_open=False, reason=conditions.PENDING, message=f"study `{sweep.study_name}` is being created")
    if storage.study.owner == sweep.uid:
        return _owned_gate(sweep, storage, storage.study)
    may_claim = may_claim_study(sweep, storage)
    if may_claim and storage.study.directions != sweep.directions:
        return Gate(is_open=False, reason=conditions.STUDY_MISMATCH, message=_mismatch(sweep, storage.study))
    space_conflict = adopted_space.conflict(sweep.spec.search_space, storage.study)
    if may_claim and space_conflict:
        return Gate(is_open=False, reason=conditions.STUDY_MISMATCH, message=space_conflict)
    if may_claim:
        return Gate(is_open=False, reason=conditions.PENDING, message=f"study `{storage.study.name}` is being adopted")
    message = _not_owned(sweep, storage.study, storage.other_owner)
    return Gate(is_open=False, reason=conditions.STUDY_OWNED_BY_ANOTHER, message=message)


def _owned_gate(sweep: Sweep, storage: Storage, study: Study) -> Gate:
    workers = sweep.spec.workers.replicas
    shortage = connections.shortage(workers, storage.limits)
    if shortage and not sweep.spec.is_stopping:
        return Gate(is_open=False, reason=conditions.TOO_FEW_CONNECTIONS, message=shortage)
    message = f"study `{study.name}` (id {study.id})"
    usage = connections.usage(workers, storage.limits)
    if usage:
        return Gate(is_open=True, reason=conditions.CONNECTED, message=f"{message}; {usage}")
    # Once workers run, connections are not counted any more; the count at their start stays in the message.
    before = sweep.status.condition(conditions.STORAGE_READY) if sweep.status else None
    prefix = f"{message}; {connections.usage_prefix(workers)}"
    if before is not None and before.reason == conditions.CONNECTED and before.message.startswith(prefix):
        message = before.message
    return Gate(is_open=True, reason=conditions.CONNECTED, message=message)


def may_claim_study(sweep: Sweep, storage: Storage) -> bool:
    """Return whether this sweep may own an existing study.

    It has no owner, and is empty or to be adopted; or its owner is gone, and it is to be taken over.
    """
    study = storage.study
    if study is None:
        return False
    if study.owner is not None:
        return take_over.may_take_over(sweep, study, storage.other_owner)
    has_trials = study.counts != type(study.counts)()
    return sweep.spec.study.adopt or not has_trials


def _mismatch(sweep: Sweep, study: Study) -> str:
    existing, specified = (
        ", ".join(direction.capitalize() for direction in directions)
        for directions in (study.directions, sweep.directions)
    )
    return (
        f"study `{study.name}` exists with other objectives ({existing}) than `spec.study.objectives` ({specified}). "
        "Make them equal or choose another `spec.study.name`"
    )


def _not_owned(sweep: Sweep, study: Study, owner: OtherOwner | None) -> str:
    if study.owner is not None:
        return take_over.refusal(sweep, study, owner)
    return (
        f"study `{study.name}` exists with {count(study.counts.finished, 'finished trial')} and has no owner. "
        "Set `spec.study.adopt: true` to continue it, or choose another `spec.study.name`"
    )
