"""The exact budget: N workers never run more trials than `trials.max`, also after restarts.

One statement (`statements.ASK`) reads the wishes, finds out whether there is room, and takes a waiting trial or makes
a new one, signed, under the study's lock that Optuna itself takes to number its trials. Trials are counted only near
the end of the budget: before, the new trial's own number says that there is room.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.lifecycle.contrast import ContrastTrial
from hpotrial.lifecycle.control import Control, parse_control
from hpotrial.lifecycle.ownership import OwnedTrial, requeue_orphaned_trials, signature
from hpotrial.protocol import trial_rows
from hpotrial.protocol.requeue import as_text
from hpotrial.storage import rows, sql
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.study import StudyHandle


class TrialClaimer:
    """One worker's way to its next trial."""

    def __init__(self, opened: StudyHandle, sweep_uid: str, who: WorkerIdentity, image: str) -> None:
        self._opened, self._sweep_uid, self._who, self._image = opened, sweep_uid, who, image
        self._may_have_strays = True  # a worker of the same pod may have been here before

    def ask(self) -> tuple[Control, OwnedTrial | None]:
        """The wishes, and a trial of ours, RUNNING and signed; None when they leave no room for one.

        Waits for the database. Raises FencedError, ProtocolMismatchError, StorageLostError.
        """
        control, found = self._opened.patience.attempt(self._opened.link, self._ask_once)
        return control, self._begin(found) if found is not None else None

    def _ask_once(self) -> tuple[Control, FrozenTrial | None]:
        opened = self._opened
        if self._may_have_strays:
            requeue_orphaned_trials(opened, self._who)
            self._may_have_strays = False
        signed = signature(self._who, self._image)
        parameters = {
            "study": opened.id,
            "owner": json.dumps(self._sweep_uid),
            "signature": as_text(signed),
        }
        try:
            wishes, *row = opened.link.run(sql.ASK, parameters)[0]
        except ConnectionLostError:
            self._may_have_strays = True  # asked, perhaps, and never heard of
            raise
        control = parse_control(wishes, opened.name, self._sweep_uid)
        self._image = control.images.get(self._who.uid, self._image)
        return control, _asked(row, signed) if row[0] is not None else None

    def _begin(self, asked: FrozenTrial) -> OwnedTrial:
        study, storage = self._opened.study, self._opened.storage
        storage.begin(asked)
        came_with = [key for key in asked.user_attrs if not key.startswith(protocol.ATTRIBUTE_PREFIX)]
        if came_with and protocol.USER_ATTRIBUTES not in asked.user_attrs:
            storage.note(protocol.USER_ATTRIBUTES, came_with)
        attempt = int(asked.user_attrs.get(protocol.ATTEMPT, 0))
        if protocol.ATTEMPT not in asked.user_attrs:
            storage.note(protocol.ATTEMPT, attempt)
        # What `Study.ask` does after it has made a trial.
        study._thread_local.cached_all_trials = None
        kind = ContrastTrial if protocol.CONTRAST in asked.user_attrs else optuna.Trial
        return OwnedTrial(kind(study, asked._trial_id), attempt)


def _asked(row: list[Any], signed: dict[str, object]) -> FrozenTrial:
    trial_id, number, start, was_waiting, user, system = row
    return FrozenTrial(
        number=number,
        state=TrialState.RUNNING,
        value=None,
        datetime_start=rows.local_time(start) if isinstance(start, datetime) else None,
        datetime_complete=None,
        params={},
        distributions={},
        user_attrs={**(trial_rows.read_attributes(user) if was_waiting else {}), **signed},
        system_attrs=trial_rows.read_attributes(system) if was_waiting else {},
        intermediate_values={},
        trial_id=trial_id,
    )
