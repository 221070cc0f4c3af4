"""Claim, take over and disown a study, each in one transaction under the study's lock. Called by `study`."""

from __future__ import annotations

import json

from hposweep.database import statements as sql
from hposweep.database.connection import Session
from hposweep.model.ownership import SweepIdentity
from hposweep.model.trials import Counts
from hpotrial import protocol
from hpotrial.protocol import requeue

# An earlier sweep's instructions to its workers, which do not apply to another sweep.
_INSTRUCTIONS = (protocol.CONTROL, protocol.BREAKER, protocol.IMAGES, protocol.SOURCE)


def claim(session: Session, study_id: int, owner: str, identity: SweepIdentity | None, take_over_from: str) -> None:
    """Own the study unless another sweep does, whose uid is not the one to take over from.

    Trials are counted under the study's lock, so that none is missed. A sweep that takes over continues the sweep of
    the owner: what counts as earlier trials, and the trials at its start, stay as they are.
    """
    key = {"study_id": study_id}
    with session.transaction():
        session.run(requeue.LOCK_STUDY, {"study": study_id})
        if session.run(sql.CLAIM, {**key, "value": json.dumps(owner)}):
            stale = [*_INSTRUCTIONS, protocol.WARM_START, protocol.SWEEP]
            session.run(sql.DELETE_ATTRIBUTES, {**key, "keys": stale})
            rows = session.run(sql.COUNTS, {"study_ids": [study_id]})
            charged = next((Counts(*numbers).charged for _, *numbers in rows), 0)
            set_attribute(session, study_id, protocol.EXISTING, charged)
        elif take_over_from and _take_over(session, study_id, owner, take_over_from):
            session.run(sql.DELETE_ATTRIBUTES, {**key, "keys": [*_INSTRUCTIONS, protocol.SWEEP]})
        else:
            return
        if identity is not None:
            set_attribute(session, study_id, protocol.SWEEP, identity.to_json())


def disown(session: Session, study_id: int, owner: str) -> None:
    """Remove the owner, if it is still this one."""
    key = {"study_id": study_id}
    with session.transaction():
        session.run(requeue.LOCK_STUDY, {"study": study_id})
        if session.run(sql.DISOWN, {**key, "value": json.dumps(owner)}):
            session.run(sql.DELETE_ATTRIBUTES, {**key, "keys": [protocol.SWEEP]})


def set_attribute(session: Session, study_id: int, key: str, value: object) -> None:
    session.run(sql.SET_ATTRIBUTE, {"study_id": study_id, "key": key, "value": json.dumps(value)})


def _take_over(session: Session, study_id: int, owner: str, earlier: str) -> bool:
    """Replace the owner, if it is still the one that the sweep was judged against."""
    values = {"study_id": study_id, "value": json.dumps(owner), "earlier": json.dumps(earlier)}
    return bool(session.run(sql.TAKE_OVER, values))
