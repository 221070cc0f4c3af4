"""The exact budget: N workers never run more trials than `trials.max`, also after restarts.

One statement (`sql.ASK`) reads the control attributes, checks the budget, and starts a waiting trial or creates a new
one, with the worker's signature. It holds the study's lock, with which Optuna itself numbers trials. Trials are counted
only near the end of the budget, because until then the new trial's number proves that the budget is not spent.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from hpotrial import protocol
from hpotrial.config import WorkerIdentity
from hpotrial.lifecycle.contrast import ContrastTrial
from hpotrial.lifecycle.control import Control, parse_control
from hpotrial.lifecycle.ownership import OwnedTrial, record_image, requeue_orphaned_trials, signature
from hpotrial.lifecycle.worker_trial import WorkerTrial
from hpotrial.objective.code_version import CodeVersion
from hpotrial.protocol import trial_rows
from hpotrial.protocol.requeue import as_text
from hpotrial.storage import rows, sql
from hpotrial.storage.connection import ConnectionLostError
from hpotrial.storage.study import StudyHandle


class TrialClaimer:
    """Claims trials for one worker: any, or the baseline trial with this key only."""

    def __init__(
        self,
        study: StudyHandle,
        sweep_uid: str,
        identity: WorkerIdentity,
        image: str,
        source: Callable[[], CodeVersion] = CodeVersion,
        baseline: str | None = None,
    ) -> None:
        self._baseline = baseline
        self._study, self._sweep_uid, self._identity, self._image = study, sweep_uid, identity, image
        self._source = source
        self._may_have_orphans = True  # an earlier container of the same pod may have left a RUNNING trial

    def ask(self) -> tuple[Control, OwnedTrial | None]:
        """Return the control attributes, and a RUNNING trial that this worker owns; None when workers must stop.

        Waits for the database. Raises FencedError, ProtocolMismatchError, StorageLostError.
        """
        control, frozen_trial = self._study.retry_policy.call(self._study.connection, self._ask_once)
        if frozen_trial is None:
            return control, None
        trial = self._begin(frozen_trial)
        record_image(self._study, trial, control.images)
        return control, trial

    def has_open_baseline(self, max_trials: int) -> bool:
        """Return whether the baseline trial waits or runs within this budget. Waits for the database."""
        parameters = {"study": self._study.id, "baseline": self._baseline, "max_trials": max_trials}
        rows = self._study.retry_policy.call(
            self._study.connection, lambda: self._study.connection.run(sql.OPEN_BASELINE, parameters)
        )
        return bool(rows[0][0])

    def _ask_once(self) -> tuple[Control, FrozenTrial | None]:
        study = self._study
        if self._may_have_orphans:
            requeue_orphaned_trials(study, self._identity)
            self._may_have_orphans = False
        signature_attributes = signature(self._identity, self._image, self._source())
        parameters = {
            "study": study.id,
            "owner": json.dumps(self._sweep_uid),
            "signature": as_text(signature_attributes),
            "baseline": self._baseline,
        }
        try:
            attributes_json, *row = study.connection.run(sql.ASK, parameters)[0]
        except ConnectionLostError:
            self._may_have_orphans = True  # the claim may have been committed without the reply
            raise
        control = parse_control(attributes_json, study.name, self._sweep_uid)
        self._image = control.images.get(self._identity.uid, self._image)
        return control, _frozen_trial(row, signature_attributes) if row[0] is not None else None

    def _begin(self, frozen_trial: FrozenTrial) -> OwnedTrial:
        study, storage = self._study.optuna_study, self._study.storage
        storage.begin(frozen_trial)
        user_attributes = [key for key in frozen_trial.user_attrs if not key.startswith(protocol.ATTRIBUTE_PREFIX)]
        if user_attributes and protocol.USER_ATTRIBUTES not in frozen_trial.user_attrs:
            storage.set_own_attr(protocol.USER_ATTRIBUTES, user_attributes)
        attempt = int(frozen_trial.user_attrs.get(protocol.ATTEMPT, 0))
        if protocol.ATTEMPT not in frozen_trial.user_attrs:
            storage.set_own_attr(protocol.ATTEMPT, attempt)
        # As `Study.ask` does after it has created a trial.
        study._thread_local.cached_all_trials = None
        kind = ContrastTrial if protocol.CONTRAST in frozen_trial.user_attrs else WorkerTrial
        return OwnedTrial(kind(study, frozen_trial._trial_id), attempt)


def _frozen_trial(row: list[Any], signature_attributes: dict[str, object]) -> FrozenTrial:
    trial_id, number, start, was_waiting, user, system = row
    return FrozenTrial(
        number=number,
        state=TrialState.RUNNING,
        value=None,
        datetime_start=rows.local_time(start) if isinstance(start, datetime) else None,
        datetime_complete=None,
        params={},
        distributions={},
        user_attrs={**(trial_rows.read_attributes(user) if was_waiting else {}), **signature_attributes},
        system_attrs=trial_rows.read_attributes(system) if was_waiting else {},
        intermediate_values={},
        trial_id=trial_id,
    )
