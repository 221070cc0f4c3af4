"""The studies of one database, in the words of `model`. Blocking; `observe` and `apply` call it in a thread.

Optuna itself creates schema and study, so that they are what its own tools expect; everything else is plain SQL,
because loading a study of 10,000 trials per look would cost seconds.
"""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import optuna
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from optuna.study import StudyDirection
from sqlalchemy.exc import SQLAlchemyError

from hposweep.api import conditions
from hposweep.database import statements as sql
from hposweep.database.best import BestReader
from hposweep.database.connection import ERROR_CHARACTERS, Session, StorageError
from hposweep.database.dsn import Dsn
from hposweep.database.history import HistoryReader
from hposweep.model.history import History
from hposweep.model.plan import EnqueueTrials, FailTrials, SetControl, SetImages
from hposweep.model.storage import Limit
from hposweep.model.trials import Breaker, Counts, RunningTrial, Study
from hposweep.text import first_line, truncate
from hpotrial import protocol
from hpotrial.protocol import requeue
from hpotrial.protocol.deadline import CONNECT_SECONDS

ERROR_LIMIT = 1000  # characters on a lost trial; people read them in lists
DELETED_AT_ONCE = 500  # trials; with a thousand steps each, one statement still takes a second or two


class Studies:
    """One database."""

    def __init__(self, dsn: Dsn) -> None:
        self.dsn = dsn
        self._session = Session(dsn)
        self._best = BestReader(self._session.run)
        self._histories = HistoryReader(self._session.run)
        self._creation = threading.Lock()  # the database's lock only keeps other connections out

    def read(self, name: str, maximized: Sequence[bool]) -> Study | None:
        """The study of that name, judged by which objectives are maximized; None if there is none."""
        if not self._has_schema():
            return None
        found = self._session.run(sql.STUDY_BY_NAME, {"name": name})
        if not found:
            return None
        study_id, attributes, directions = found[0]
        ours = {key: json.loads(text) for key, text in (attributes or {}).items()}
        which = {"study_id": study_id}
        counts = self.counts([study_id]).get(study_id, Counts())
        failures = ((json.loads(text), count) for text, count in self._session.run(sql.FAILURES, which))
        return Study(
            id=study_id,
            name=name,
            directions=tuple(directions or ()),
            owner=ours.get(protocol.OWNER),
            control=ours.get(protocol.CONTROL),
            is_stopped=ours.get(protocol.STOPPED) is True,
            breaker=self._breaker(study_id, ours.get(protocol.BREAKER)),
            images=ours.get(protocol.IMAGES, {}),
            counts=counts,
            failures={name: count for name, count in failures if name in protocol.FAILURE_CLASSES},
            retried=self._session.run(sql.RETRIED, which)[0][0],
            best=self._best.read(study_id, counts, maximized),
            running=tuple(
                RunningTrial(trial_id, number, json.loads(uid) if uid else None, age)
                for trial_id, number, uid, age in self._session.run(sql.RUNNING, which)
            ),
        )

    def counts(self, study_ids: Iterable[int]) -> dict[int, Counts]:
        """Counts of many studies in one statement. Studies without trials are absent."""
        rows = self._session.run(sql.COUNTS, {"study_ids": list(study_ids)})
        return {study_id: Counts(*counts) for study_id, *counts in rows}

    def history(self, study_id: int, counts: Counts) -> History:
        """All trials of a study with these counts; the same object as long as nothing has moved."""
        return self._histories.read(study_id, counts)

    def forget(self, study_id: int) -> None:
        """Nobody watches the study any more, so its trials need not be kept in memory."""
        self._histories.forget(study_id)
        self._best.forget(study_id)

    def limits(self) -> tuple[Limit, ...]:
        """How many connections the database gives, and how many others have them; ours, which stays, is not counted."""
        most, used, role, role_most, role_used, database, database_most, database_used = self._session.run(
            sql.CONNECTIONS
        )[0]
        found = (
            Limit("the server (`max_connections` less those reserved)", most, used),
            Limit(f"login `{role}` (CONNECTION LIMIT)", role_most, role_used),
            Limit(f"database `{database}` (CONNECTION LIMIT)", database_most, database_used),
        )
        return tuple(limit for limit in found if limit.maximum >= 0)

    def create(self, name: str, directions: Iterable[str], metric_names: Iterable[str], owner: str) -> None:
        """Create schema and study where absent, and claim the study for `owner`. Safe to repeat and to race."""
        with self._creation:
            self._session.run(sql.LOCK_CREATION)
            try:
                words = [StudyDirection[direction] for direction in directions]
                study_id = self._create(name, words, list(metric_names))
                if self._session.run(sql.CLAIM, {"study_id": study_id, "value": json.dumps(owner)}):
                    # What an earlier sweep wanted of its workers is nothing to ours.
                    left = {"study_id": study_id, "keys": [protocol.CONTROL, protocol.BREAKER, protocol.IMAGES]}
                    self._session.run(sql.FORGET_ATTRIBUTES, left)
            finally:
                self._session.run(sql.UNLOCK_CREATION)

    def set_control(self, wanted: SetControl) -> None:
        """What workers are to obey from their next look on."""
        written = {protocol.PROTOCOL: protocol.PROTOCOL_VERSION, protocol.CONTROL: dict(wanted.value)}
        with self._session.transaction():
            if wanted.closes_breaker:
                self._session.run(sql.FORGET_ATTRIBUTES, {"study_id": wanted.study_id, "keys": [protocol.BREAKER]})
            for key, value in written.items():
                self._set(wanted.study_id, key, value)

    def set_images(self, wanted: SetImages) -> None:
        """Which image each worker really runs, for those who read a trial later."""
        self._set(wanted.study_id, protocol.IMAGES, dict(wanted.by_pod))

    def reap(self, wanted: FailTrials) -> int:
        """End those of the trials that still run; returns how many that were. One transaction for each."""
        ended = 0
        for trial in wanted.trials:
            run, study_id, trial_id = self._session.run, wanted.study_id, trial.trial_id
            loss = requeue.Loss(trial.failure_class, trial.error[:ERROR_LIMIT])
            with self._session.transaction():
                if wanted.is_final:
                    ended += requeue.requeue_trial(run, study_id, trial_id, loss, again=False)
                else:
                    ended += requeue.fail_lost(run, study_id, trial_id, loss, wanted.max_retries) is not None
        return ended

    def enqueue(self, wanted: EnqueueTrials) -> int:
        """Add contrast trials, all of them in one transaction; returns how many were added. Safe to repeat and to race.

        Decided under the study's lock, which workers take to ask: pairs of parameters that have theirs already are left
        out, and pairs for which the budget has no room left since the plan was made.
        """
        which = {"study_id": wanted.study_id}
        with self._session.transaction():
            self._session.run(requeue.LOCK_STUDY, {"study": wanted.study_id})
            done = {name for (name,) in self._session.run(sql.CONTRASTED, which)}
            room = wanted.max_trials - self._session.run(sql.SPOKEN_FOR, which)[0][0]
            new = [trial for trial in wanted.trials if trial.attributes[protocol.CONTRAST]["parameter"] not in done]
            added = new[: max(room, 0) // 2 * 2]
            requeue.enqueue(self._session.run, wanted.study_id, ((trial.params, trial.attributes) for trial in added))
        return len(added)

    def disown(self, study_id: int, owner: str) -> None:
        """Leave the study for another sweep to adopt."""
        self._session.run(sql.DISOWN, {"study_id": study_id, "value": json.dumps(owner)})

    def delete(self, name: str) -> None:
        """Delete the study and all of its trials, or nothing; nothing happens when it is gone already."""
        if not self._has_schema():
            return
        with self._session.transaction():
            for (study_id,) in self._session.run(sql.LOCK_STUDY_BY_NAME, {"name": name}):
                which = {"study_id": study_id}
                trials = [trial_id for (trial_id,) in self._session.run(sql.LOCK_TRIALS, which)]
                for first in range(0, len(trials), DELETED_AT_ONCE):
                    self._session.run(sql.DELETE_TRIALS, {"trial_ids": trials[first : first + DELETED_AT_ONCE]})
                self._session.run(sql.DELETE_STUDY, which)

    def close(self) -> None:
        self._session.close()

    def _set(self, study_id: int, key: str, value: Any) -> None:
        self._session.run(sql.SET_ATTRIBUTE, {"study_id": study_id, "key": key, "value": json.dumps(value)})

    def _has_schema(self) -> bool:
        return bool(self._session.run(sql.HAS_SCHEMA)[0][0])

    def _breaker(self, study_id: int, block: Mapping[str, Any] | None) -> Breaker | None:
        if block is None:
            return None
        number = block.get("trial", 0)
        wanted = {"study_id": study_id, "number": number, "key": protocol.POD_NAME}
        pods = self._session.run(sql.ATTRIBUTE_OF_TRIAL, wanted)
        return Breaker(
            failure_class=block.get("class", ""),
            error=block.get("error", ""),
            trial=number,
            pod=json.loads(pods[0][0]) if pods else "",
        )

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
        engine = {"pool_size": 2, "max_overflow": 0, "connect_args": {"connect_timeout": CONNECT_SECONDS}}
        try:
            return RDBStorage(self.dsn.reveal_for_optuna(), engine_kwargs=engine)
        except RuntimeError as error:  # Optuna's word for a schema of another version
            raise StorageError(conditions.SCHEMA_MISMATCH, self._sentence(error)) from None
        except (SQLAlchemyError, StorageInternalError) as error:
            denied = "permission denied" in str(error)
            reason = conditions.INSUFFICIENT_RIGHTS if denied else conditions.CONNECTION_FAILED
            raise StorageError(reason, self._sentence(error)) from None

    def _sentence(self, error: Exception) -> str:
        return truncate(first_line(self.dsn.redact(str(error))) or type(error).__name__, ERROR_CHARACTERS)
