"""The operator's control attributes, read from the study.

`claim` returns them with every trial, and `poll_control` reads them every few seconds while a trial runs. The same
statement returns whether this worker still owns the trial.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from hpotrial import protocol
from hpotrial.protocol.breaker import BreakerBlock
from hpotrial.protocol.control import MAX_TRIALS, ControlBlock
from hpotrial.storage import sql
from hpotrial.storage.connection import SHORT_SECONDS
from hpotrial.storage.study import FencedError, StudyHandle


class ProtocolMismatchError(Exception):
    """Operator and worker speak different versions of the protocol."""


@dataclass(frozen=True, slots=True)
class Control:
    """The control block, the breaker block when the breaker is open, and the image digest of each pod."""

    block: ControlBlock
    breaker: BreakerBlock | None = None
    images: Mapping[str, str] = field(default_factory=dict)


def read_control(study: StudyHandle, sweep_uid: str) -> Control:
    """Return the control attributes. Waits for the database.

    Raises FencedError, ProtocolMismatchError, StorageLostError.
    """
    return study.retry_policy.call(study.connection, lambda: poll_control(study, sweep_uid, trial_id=-1)[0])


def poll_control(study: StudyHandle, sweep_uid: str, trial_id: int) -> tuple[Control, bool]:
    """Return the control attributes, and whether the trial is RUNNING. Raises ConnectionLostError too."""
    texts, state = study.connection.run(sql.LOOK, {"study": study.id, "trial": trial_id}, SHORT_SECONDS)[0]
    return parse_control(texts, study.name, sweep_uid), state == "RUNNING"


def parse_control(texts: Mapping[str, str] | None, study: str, sweep_uid: str) -> Control:
    """Read the attributes' JSON texts. Raises FencedError, ProtocolMismatchError."""
    attributes = {key: json.loads(text) for key, text in (texts or {}).items()}
    owner = attributes.get(protocol.OWNER)
    if owner is None:
        raise FencedError(f"study `{study}` has no owner: it was deleted, or never belonged to this sweep")
    if owner != sweep_uid:
        raise FencedError(f"study `{study}` belongs to the sweep with uid {owner}, not to this one ({sweep_uid})")
    version = attributes.get(protocol.PROTOCOL, protocol.PROTOCOL_VERSION)
    if version != protocol.PROTOCOL_VERSION:
        raise ProtocolMismatchError(
            f"the operator speaks protocol {version}, this worker's image {protocol.PROTOCOL_VERSION}: "
            "use a worker image of the operator's release"
        )
    block = attributes.get(protocol.CONTROL)
    if block is None or MAX_TRIALS not in block:
        raise FencedError(f"study `{study}` has no attribute {protocol.CONTROL}, which the operator writes first")
    breaker = attributes.get(protocol.BREAKER)
    return Control(
        ControlBlock.from_json(block),
        BreakerBlock.from_json(breaker) if breaker is not None else None,
        attributes.get(protocol.IMAGES) or {},
    )
