"""The studies of one database, in the words of `model`. Blocking; `observe` and `apply` call it in a thread.

Optuna itself creates schema and study, so that they are what its own tools expect; everything else is plain SQL,
because loading a study of 10,000 trials per look would cost seconds.
"""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

import optuna
from optuna.distributions import json_to_distribution
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from optuna.study import StudyDirection
from sqlalchemy.exc import SQLAlchemyError

from hposweep.api import conditions
from hposweep.database import statements as sql
from hposweep.database.connection import CONNECT_TIMEOUT_SECONDS, Session, StorageError
from hposweep.database.dsn import Dsn
from hposweep.model.plan import Reap
from hposweep.model.trials import BestTrial, Counts, RunningTrial, Study
from hpotrial import handback
from hpotrial.contract import CONTROL, PROTOCOL, PROTOCOL_VERSION

ERROR_LIMIT = 1000  # characters on a lost trial; people read them in lists


class Studies:
    """One database."""

    def __init__(self, dsn: Dsn) -> None:
        self.dsn = dsn
        self._session = Session(dsn)
        self._creation = threading.Lock()  # the database's lock only keeps other connections out

    def read(self, name: str, *, maximize: bool) -> Study | None:
        """The study of that name with its counts and its best trial by the first objective; None if there is none."""
        if not self._has_schema():
            return None
        found = self._session.rows(sql.STUDY_BY_NAME, {"name": name})
        if not found:
            return None
        study_id, owner, control, stopped = found[0]
        return Study(
            id=study_id,
            name=name,
            owner=json.loads(owner) if owner else None,
            control=json.loads(control) if control else None,
            is_stopped=stopped == "true",
            counts=self.counts([study_id]).get(study_id, Counts()),
            best=self._best(study_id, maximize=maximize),
            running=tuple(
                RunningTrial(trial_id, number, json.loads(uid) if uid else None, age)
                for trial_id, number, uid, age in self._session.rows(sql.RUNNING, {"study_id": study_id})
            ),
        )

    def counts(self, study_ids: Iterable[int]) -> dict[int, Counts]:
        """Counts of many studies in one statement. Studies without trials are absent."""
        rows = self._session.rows(sql.COUNTS, {"study_ids": list(study_ids)})
        return {study_id: Counts(*counts) for study_id, *counts in rows}

    def create(self, name: str, directions: Iterable[str], metric_names: Iterable[str], owner: str) -> None:
        """Create schema and study where absent, and claim the study for `owner`. Safe to repeat and to race."""
        with self._creation:
            self._session.rows(sql.LOCK_CREATION)
            try:
                words = [StudyDirection[direction] for direction in directions]
                study_id = self._create(name, words, list(metric_names))
                self._session.rows(sql.CLAIM, {"study_id": study_id, "value": json.dumps(owner)})
            finally:
                self._session.rows(sql.UNLOCK_CREATION)

    def set_control(self, study_id: int, value: Mapping[str, Any]) -> None:
        """What workers are to obey from their next look on."""
        for key, item in ((PROTOCOL, PROTOCOL_VERSION), (CONTROL, dict(value))):
            self._session.rows(sql.SET_ATTRIBUTE, {"study_id": study_id, "key": key, "value": json.dumps(item)})

    def reap(self, wanted: Reap) -> int:
        """End those of the trials that still run; returns how many that were. One transaction for each."""
        ended = 0
        for trial in wanted.trials:
            run, study_id, trial_id = self._session.rows, wanted.study_id, trial.trial_id
            loss = handback.Loss(trial.failure_class, trial.error[:ERROR_LIMIT])
            with self._session.transaction():
                if wanted.is_final:
                    ended += handback.hand_back(run, study_id, trial_id, loss, again=False)
                else:
                    ended += handback.give_up(run, study_id, trial_id, loss, wanted.max_retries) is not None
        return ended

    def disown(self, study_id: int, owner: str) -> None:
        """Leave the study for another sweep to adopt."""
        self._session.rows(sql.DISOWN, {"study_id": study_id, "value": json.dumps(owner)})

    def delete(self, name: str) -> None:
        """Delete the study and all of its trials; nothing happens when it is gone already."""
        storage = self._storage()
        try:
            optuna.delete_study(study_name=name, storage=storage)
        except KeyError:
            pass
        finally:
            storage.engine.dispose()

    def close(self) -> None:
        self._session.close()

    def _has_schema(self) -> bool:
        return bool(self._session.rows(sql.HAS_SCHEMA)[0][0])

    def _best(self, study_id: int, *, maximize: bool) -> BestTrial | None:
        statement = sql.BEST_OF_MAXIMIZED if maximize else sql.BEST_OF_MINIMIZED
        found = self._session.rows(statement, {"study_id": study_id})
        if not found:
            return None
        trial_id, number, value, completed = found[0]
        params = {
            name: json_to_distribution(distribution).to_external_repr(internal)
            for name, internal, distribution in self._session.rows(sql.PARAMETERS, {"trial_id": trial_id})
        }
        return BestTrial(number, value, params, completed.replace(tzinfo=UTC) if completed else None)

    def _create(self, name: str, directions: list[StudyDirection], metric_names: list[str]) -> int:
        storage = self._storage()
        try:
            study = optuna.create_study(study_name=name, storage=storage, directions=directions, load_if_exists=True)
            with warnings.catch_warnings():
                # Metric names are marked experimental in Optuna; they only label columns of its dashboard.
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                study.set_metric_names(metric_names)
            return storage.get_study_id_from_name(name)
        except (SQLAlchemyError, StorageInternalError) as error:
            raise StorageError(conditions.CONNECTION_FAILED, self._sentence(error)) from None
        finally:
            storage.engine.dispose()

    def _storage(self) -> RDBStorage:
        # Optuna asks for a second connection while it holds the first; with a pool of one it waits for itself.
        engine = {"pool_size": 2, "max_overflow": 0, "connect_args": {"connect_timeout": CONNECT_TIMEOUT_SECONDS}}
        try:
            return RDBStorage(self.dsn.reveal_for_optuna(), engine_kwargs=engine)
        except RuntimeError as error:  # Optuna's word for a schema of another version
            raise StorageError(conditions.SCHEMA_MISMATCH, self._sentence(error)) from None
        except (SQLAlchemyError, StorageInternalError) as error:
            denied = "permission denied" in str(error)
            reason = conditions.INSUFFICIENT_RIGHTS if denied else conditions.CONNECTION_FAILED
            raise StorageError(reason, self._sentence(error)) from None

    def _sentence(self, error: Exception) -> str:
        return self.dsn.redact(str(error)).splitlines()[0][:400]
