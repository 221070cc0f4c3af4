"""What the operator wants of the workers, read from the study's attributes.

One small statement, cheap enough for every trial and every other second within one. It answers two questions at once:
what to do, and whether the study is still ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text

from hpotrial import contract
from hpotrial.storage import FencedError, Storage

READ = text("select key, value_json from study_user_attributes where study_id = :study and key in :keys").bindparams(
    bindparam("keys", expanding=True)
)


class ProtocolMismatchError(Exception):
    """Operator and worker were made for different contracts."""


@dataclass(frozen=True, slots=True)
class Control:
    """The present wishes: stop (None, Drain, Terminate), the budget, the number of workers that share it."""

    stop: str
    max_trials: int
    workers: int

    @property
    def is_stopping(self) -> bool:
        return self.stop != "None"

    @property
    def is_terminating(self) -> bool:
        return self.stop == "Terminate"


def read_control(storage: Storage, sweep_uid: str) -> Control:
    def select() -> dict[str, Any]:
        keys = [contract.OWNER, contract.PROTOCOL, contract.CONTROL]
        with storage.transaction() as connection:
            rows = connection.execute(READ, {"study": storage.study_id, "keys": keys})
            return {row.key: json.loads(row.value_json) for row in rows}

    return parse_control(storage.attempt(select), storage.study.study_name, sweep_uid)


def parse_control(attributes: dict[str, Any], study: str, sweep_uid: str) -> Control:
    owner = attributes.get(contract.OWNER)
    if owner is None:
        raise FencedError(f"study `{study}` has no owner any more: it was deleted, or was never this sweep's")
    if owner != sweep_uid:
        raise FencedError(f"study `{study}` belongs to the sweep with uid {owner}, not to this one ({sweep_uid})")
    protocol = attributes.get(contract.PROTOCOL, contract.PROTOCOL_VERSION)
    if protocol != contract.PROTOCOL_VERSION:
        raise ProtocolMismatchError(
            f"the operator speaks protocol {protocol}, this worker's image {contract.PROTOCOL_VERSION}: "
            "use a worker image of the operator's release"
        )
    block = attributes.get(contract.CONTROL)
    if block is None:
        raise FencedError(f"study `{study}` has no attribute {contract.CONTROL}, which the operator writes first")
    return Control(block.get("stop", "None"), int(block["maxTrials"]), int(block["workers"]))
