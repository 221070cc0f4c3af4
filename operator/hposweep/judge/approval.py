"""The gate of approval: has a person approved what this sweep runs? Called by `judge`.

A grant is recorded in the status with what it covers, so that a restart asks no second time. A change of what was
approved revokes it, and so does `granted: false`. A grant after a revocation names the digest of what runs now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hposweep.api import conditions as c
from hposweep.api.approval import ApprovalSpec, ApprovalStatus, ApprovedSubject, GrantStatus
from hposweep.api.sweep import Sweep
from hposweep.judge.approval_subject import digest_of, subject_of
from hposweep.model.gate import Gate
from hposweep.model.observation import Observation
from hposweep.model.verdicts import APPROVAL_NOT_REQUIRED

_OVERTAKEN = Gate(is_open=False, reason=c.PENDING, message="the sweep ended before it was approved")


@dataclass(frozen=True, slots=True)
class ApprovalVerdict:
    """The gate, and the record of the status; None where no approval was ever required."""

    gate: Gate
    record: ApprovalStatus | None = None


def approval(
    sweep: Sweep, observation: Observation, earlier_gates: tuple[tuple[str, Gate], ...], *, is_ending: bool = False
) -> ApprovalVerdict:
    """Return the gate. A person is asked once the earlier gates, given with their conditions, are open.

    A grant that is recorded holds whatever they say later: an unreachable database revokes nothing. It is kept while no
    approval is required, so that it covers no other code once one is required again.
    """
    if not sweep.spec.approval.required:
        return ApprovalVerdict(APPROVAL_NOT_REQUIRED, _earlier_record(sweep))
    if sweep.has_ended:
        return _after_the_end(sweep)
    result = _decide(sweep, observation, earlier_gates)
    return replace(result, gate=_OVERTAKEN) if is_ending and not result.gate.is_open else result


def _decide(sweep: Sweep, observation: Observation, earlier_gates: tuple[tuple[str, Gate], ...]) -> ApprovalVerdict:
    spec, before = sweep.spec.approval, _earlier_record(sweep)
    granted = before.granted if before is not None else None
    closed = [kind for kind, gate in earlier_gates if not gate.is_open]
    if granted is None and closed:
        message = f"a person is asked once {' and '.join(closed)} {'is' if len(closed) == 1 else 'are'} True"
        return ApprovalVerdict(Gate(is_open=False, reason=c.PENDING, message=message), before)
    record = _record(sweep, observation, before)
    if granted is None:
        return _first(spec, record, observation.now)
    return _again(spec, record, granted, observation.now)


def _earlier_record(sweep: Sweep) -> ApprovalStatus | None:
    return sweep.status.approval if sweep.status is not None else None


def _record(sweep: Sweep, observation: Observation, before: ApprovalStatus | None) -> ApprovalStatus:
    """Return the record of this pass with the grant of an earlier one."""
    subject = subject_of(sweep, observation, before.subject.image_digests if before is not None else ())
    granted = before.granted if before is not None else None
    if before is not None and subject.source is None:
        subject = replace(subject, source=before.subject.source)  # unreadable now, which is no change
    return ApprovalStatus(digest_of(subject), subject, granted)


def _first(spec: ApprovalSpec, record: ApprovalStatus, now: datetime) -> ApprovalVerdict:
    if not spec.granted:
        gate = Gate(is_open=False, reason=c.WAITING, message="a person must approve this sweep")
        return ApprovalVerdict(gate, record)
    if spec.digest not in ("", record.digest):
        message = f"`spec.approval.digest` is `{spec.digest}`, but what would run now has the digest `{record.digest}`"
        return ApprovalVerdict(Gate(is_open=False, reason=c.WAITING, message=message), record)
    return _grant(spec, record, now)


def _again(spec: ApprovalSpec, record: ApprovalStatus, granted: GrantStatus, now: datetime) -> ApprovalVerdict:
    """Compare what was approved with what runs now. The first digest of an image completes the grant."""
    if not granted.subject.image_digests and record.subject.image_digests:
        known = replace(granted.subject, image_digests=record.subject.image_digests[:1])
        granted = replace(granted, subject=known)
        record = replace(record, granted=granted)
    changes = _changes(granted.subject, record.subject)
    if not spec.granted:
        message = f"`spec.approval.granted` is false again; the approval{_author(granted)} no longer counts"
        return ApprovalVerdict(Gate(is_open=False, reason=c.REVOKED, message=message), record)
    if not changes:
        return ApprovalVerdict(_open(granted), record)
    if spec.digest == record.digest:
        return _grant(spec, record, now)
    message = f"the approval{_author(granted)} is revoked: {'; '.join(changes)}"
    return ApprovalVerdict(Gate(is_open=False, reason=c.REVOKED, message=message), record)


def _grant(spec: ApprovalSpec, record: ApprovalStatus, now: datetime) -> ApprovalVerdict:
    grant = GrantStatus(record.digest, record.subject, now.replace(microsecond=0), by=spec.by, reason=spec.reason)
    return ApprovalVerdict(_open(grant), replace(record, granted=grant))


def _open(granted: GrantStatus) -> Gate:
    author = granted.by or "a person who gave no name"
    reason = f": {granted.reason}" if granted.reason else ""
    return Gate(is_open=True, reason=c.GRANTED, message=f"{author} approved `{granted.digest}`{reason}")


def _author(granted: GrantStatus) -> str:
    return f" by {granted.by}" if granted.by else ""


def _changes(approved: ApprovedSubject, current: ApprovedSubject) -> list[str]:
    """Return one phrase for each part that has changed, with what it was and what it is."""
    parts = (
        ("`spec.searchSpace`", approved.search_space, current.search_space),
        ("`spec.objective`", approved.objective, current.objective),
        ("the image of container `trial`", approved.image, current.image),
        ("the content of ConfigMap `spec.objective.sourceRef`", approved.source, current.source),
    )
    changes = [f"{name} was `{old}` and is `{new}`" for name, old, new in parts if old is not None and old != new]
    unknown = [digest for digest in current.image_digests if digest not in approved.image_digests]
    if unknown and approved.image == current.image:
        old, new = approved.image_digests[-1], unknown[-1]
        changes.append(f"image `{current.image}` was `{old}` and is `{new}`")
    return changes


def _after_the_end(sweep: Sweep) -> ApprovalVerdict:
    """Return the gate as it was; a question that the end overtook is asked no more."""
    before = sweep.status.condition(c.APPROVED) if sweep.status is not None else None
    record = _earlier_record(sweep)
    if before is None or not before.is_true:
        return ApprovalVerdict(_OVERTAKEN, record)
    return ApprovalVerdict(Gate(is_open=True, reason=before.reason, message=before.message), record)
