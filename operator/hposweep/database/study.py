"""Read and change the studies of one database, as values of `model`. Blocking; `observe` and `apply` use a thread.

Optuna itself creates schema and study, so that its own tools accept them. The rest is plain SQL, because loading a
study of 10,000 trials through Optuna in each pass would cost seconds.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import optuna
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from optuna.study import StudyDirection
from sqlalchemy.exc import SQLAlchemyError

from hposweep.allowed_hosts import AllowedHosts
from hposweep.api.record import RecordEntry
from hposweep.database import ownership
from hposweep.database import statements as sql
from hposweep.database.analyses import AnalysisTable
from hposweep.database.best import BestReader
from hposweep.database.candidates import read_candidates
from hposweep.database.connection import Monitor, Session
from hposweep.database.dsn import Dsn
from hposweep.database.enqueueing import enqueue
from hposweep.database.errors import StorageError, storage_error
from hposweep.database.history import HistoryReader
from hposweep.database.lane import Lane
from hposweep.database.lineage import Lineage
from hposweep.database.optuna_storage import open_storage
from hposweep.database.probe import check_permissions, probe
from hposweep.database.records import RecordTable
from hposweep.database.schema import has_schema
from hposweep.database.study_attributes import read_study_attributes
from hposweep.model.analysis import AnalysisRow
from hposweep.model.disk import read_reports
from hposweep.model.enqueueing import Enqueueing
from hposweep.model.history import History
from hposweep.model.ownership import SweepIdentity
from hposweep.model.plan import FailTrials, SetControl, SetIdentity, SetImages, SetSource
from hposweep.model.source_state import SourceState
from hposweep.model.storage import Limit, Probe
from hposweep.model.study_start import Candidate, read_records
from hposweep.model.trials import Breaker, Counts, RunningTrial, Study
from hpotrial import protocol
from hpotrial.protocol import requeue, trial_rows
from hpotrial.protocol.breaker import SPACE_CHANGED, BreakerBlock

MAX_ERROR_CHARACTERS = 1000  # on a lost trial, because users read errors in lists
CREATION_SECONDS = 30.0  # of Optuna's connections; a new schema takes a second or two
DELETION_BATCH = 500  # trials; with a thousand steps each, one statement takes a second or two


class Studies:
    """All studies of one database."""

    def __init__(self, dsn: Dsn, monitor: Monitor = lambda *_: None, allowed: AllowedHosts | None = None) -> None:
        self.dsn, self.lane = dsn, Lane()
        self._session = Session(dsn, monitor=monitor, allowed=allowed)
        self._best = BestReader(self._session.run)
        self._histories = HistoryReader(self._session.run)
        self._records, self._analyses = RecordTable(self._session), AnalysisTable(self._session)
        self._lineage = Lineage(self._session)
        self._creation = threading.Lock()  # the database's lock excludes other connections only

    @property
    def database_id(self) -> str:
        return self.dsn.database_id

    def read(self, name: str, maximize: Sequence[bool]) -> Study | None:
        """Return the study of that name, or None. Its best trial depends on `maximize`, one entry per objective."""
        if not has_schema(self._session.run):
            return None
        if self._lineage.has_changed():
            self._histories.clear()
            self._best.clear()
        rows = self._session.run(sql.STUDY_BY_NAME, {"name": name})
        if not rows:
            return None
        study_id, texts, directions, total_bytes, largest = rows[0]
        attributes = read_study_attributes(name, study_id, texts, total_bytes, largest)
        key = {"study_id": study_id}
        owner = attributes.get(protocol.OWNER)
        counts = self.counts([study_id]).get(study_id, Counts())
        failures = ((str(trial_rows.read_json(text)), count) for text, count in self._session.run(sql.FAILURES, key))
        return Study(
            id=study_id,
            name=name,
            directions=tuple(directions or ()),
            owner=owner,
            sweep=SweepIdentity.of_json(attributes.get(protocol.SWEEP)),
            control=attributes.get(protocol.CONTROL),
            is_stopped=attributes.get(protocol.STOPPED) is True,
            breaker=self._breaker(study_id, attributes.get(protocol.BREAKER)),
            images=attributes.get(protocol.IMAGES, {}),
            source=SourceState.of_json(attributes.get(protocol.SOURCE)),
            disk=read_reports(attributes),
            existing=_whole(attributes.get(protocol.EXISTING)),
            warm_start=read_records(attributes.get(protocol.WARM_START)),
            counts=counts,
            failures={name: count for name, count in failures if name in protocol.FAILURE_CLASSES},
            retried=self._session.run(sql.RETRY_COUNT, key)[0][0],
            best=self._best.read(study_id, counts, maximize),
            running=tuple(
                RunningTrial(trial_id, number, str(trial_rows.read_json(uid)) if uid else None, age)
                for trial_id, number, uid, age in self._session.run(sql.RUNNING, key)
            ),
            definitions=self.definitions(study_id) if owner is None else {},
        )

    def counts(self, study_ids: Iterable[int]) -> dict[int, Counts]:
        """Count the trials of many studies in one statement. Studies without trials are absent."""
        rows = self._session.run(sql.COUNTS, {"study_ids": list(study_ids)})
        return {study_id: Counts(*counts) for study_id, *counts in rows}

    def history(self, study_id: int, counts: Counts) -> History:
        """Return all trials of a study with these counts: the same object as long as no trial has changed."""
        return self._histories.read(study_id, counts)

    def forget(self, study_id: int) -> None:
        """Free the memory of a study's trials, after its last sweep is gone."""
        self._histories.forget(study_id)
        self._best.forget(study_id)

    def limits(self) -> tuple[Limit, ...]:
        """Return each limit on connections with the number that others use. The operator's own is not counted."""
        (row,) = self._session.run(sql.CONNECTIONS)
        server_max, server_used, role, role_max, role_used, database, database_max, database_used = row
        limits = (
            Limit("the server (`max_connections` less those reserved)", server_max, server_used),
            Limit(f"login `{role}` (CONNECTION LIMIT)", role_max, role_used),
            Limit(f"database `{database}` (CONNECTION LIMIT)", database_max, database_used),
        )
        return tuple(limit for limit in limits if limit.maximum >= 0)

    def probe(self) -> Probe:
        """Measure the database. Raises StorageError when a sweep could not use it."""
        return probe(self._session)

    def create(
        self,
        name: str,
        directions: Iterable[str],
        metric_names: Iterable[str],
        owner: str,
        identity: SweepIdentity | None = None,
        take_over_from: str = "",
    ) -> None:
        """Create schema and study where absent, and claim the study for `owner`. Safe to repeat and to race."""
        with self._creation:
            check_permissions(self._session)
            self._session.run(sql.LOCK_CREATION)
            try:
                members = [StudyDirection[direction] for direction in directions]
                study_id = self._create(name, members, list(metric_names))
                ownership.claim(self._session, study_id, owner, identity, take_over_from)
            finally:
                self._session.run(sql.UNLOCK_CREATION)

    def set_control(self, action: SetControl) -> None:
        """Write the control block, which workers obey from their next poll on."""
        values = {protocol.PROTOCOL: protocol.PROTOCOL_VERSION, protocol.CONTROL: dict(action.value)}
        with self._session.transaction():
            if action.closes_breaker:
                self._session.run(sql.DELETE_ATTRIBUTES, {"study_id": action.study_id, "keys": [protocol.BREAKER]})
            for key, value in values.items():
                ownership.set_attribute(self._session, action.study_id, key, value)

    def set_images(self, action: SetImages) -> None:
        """Record the image that each worker runs, for readers of its trials."""
        ownership.set_attribute(self._session, action.study_id, protocol.IMAGES, dict(action.by_pod))

    def set_source(self, action: SetSource) -> None:
        """Record the code, the commit and the image of the newest trials, for readers of the study."""
        ownership.set_attribute(self._session, action.study_id, protocol.SOURCE, action.source.to_json())

    def reap(self, action: FailTrials) -> int:
        """Fail those of the trials that still run, each in a transaction of its own; return their number."""
        ended = 0
        for trial in action.trials:
            run, study_id, trial_id = self._session.run, action.study_id, trial.trial_id
            loss = requeue.Loss(trial.failure_class, trial.error[:MAX_ERROR_CHARACTERS])
            with self._session.transaction():
                if action.is_final:
                    ended += requeue.requeue_trial(run, study_id, trial_id, loss, is_retried=False)
                else:
                    ended += requeue.fail_lost(run, study_id, trial_id, loss, action.max_retries) is not None
        return ended

    def enqueue(self, action: Enqueueing) -> int:
        """Add trials in one transaction and return their number. Safe to repeat and to race."""
        return enqueue(self._session, action)

    def candidates(self, study_id: int, maximize: Sequence[bool], limit: int) -> list[Candidate]:
        """Return the best trials of a study for the start of another one."""
        return read_candidates(self._session.run, study_id, maximize, limit)

    def disown(self, study_id: int, owner: str) -> None:
        """Remove the owner, so that another sweep can adopt the study."""
        ownership.disown(self._session, study_id, owner)

    def set_identity(self, action: SetIdentity) -> None:
        """Record where the sweep that owns the study can be found."""
        ownership.set_attribute(self._session, action.study_id, protocol.SWEEP, action.identity.to_json())

    def definitions(self, study_id: int) -> dict[str, str]:
        """Return the parameters of a study by name, as JSON."""
        return dict(self._session.run(sql.DEFINITIONS, {"study_id": study_id}))

    def record(self, study_id: int, sweep_uid: str, sweep: str, entries: Sequence[RecordEntry]) -> None:
        """Add entries to the history of the study, each once however often it is written. Raises StorageError."""
        self._records.write(study_id, sweep_uid, sweep, entries)

    def analysis(self, study_id: int, sweep_uid: str) -> AnalysisRow | None:
        """Return the results of the analysis of a sweep, None before they are written. Raises StorageError."""
        return self._analyses.read(study_id, sweep_uid)

    def delete(self, name: str) -> None:
        """Delete the study, its trials in one transaction, then its own tables' rows. An absent study is no error."""
        if not has_schema(self._session.run):
            return
        study_ids = []
        with self._session.transaction():
            for (study_id,) in self._session.run(sql.LOCK_STUDY_BY_NAME, {"name": name}):
                study_ids.append(study_id)
                key = {"study_id": study_id}
                trials = [trial_id for (trial_id,) in self._session.run(sql.LOCK_TRIALS, key)]
                for first in range(0, len(trials), DELETION_BATCH):
                    self._session.run(sql.DELETE_TRIALS, {"trial_ids": trials[first : first + DELETION_BATCH]})
                self._session.run(sql.DELETE_STUDY, key)
        for table in (self._records, self._analyses):
            with suppress(StorageError):  # the next writer removes the rows of studies that are gone
                for study_id in study_ids:
                    table.forget(study_id)

    def close(self) -> None:
        self.lane.close()
        self._session.close()

    def _breaker(self, study_id: int, block: Mapping[str, Any] | None) -> Breaker | None:
        if block is None:
            return None
        breaker = BreakerBlock.from_json(block)
        parameters = {"study_id": study_id, "number": breaker.trial, "key": protocol.POD_NAME}
        pods = self._session.run(sql.ATTRIBUTE_OF_TRIAL, parameters)
        return Breaker(
            failure_class=breaker.failure_class,
            error=breaker.error,
            trial=breaker.trial,
            is_space_changed=breaker.reason == SPACE_CHANGED,
            pod=str(trial_rows.read_json(pods[0][0])) if pods else "",
        )

    def _create(self, name: str, directions: list[StudyDirection], metric_names: list[str]) -> int:
        storage = self._storage()
        try:
            study = optuna.create_study(study_name=name, storage=storage, directions=directions, load_if_exists=True)
            with warnings.catch_warnings():
                # Optuna marks metric names as experimental; they only label columns of its dashboard.
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                study.set_metric_names(metric_names)
            return storage.get_study_id_from_name(name)
        except (SQLAlchemyError, StorageInternalError) as error:
            raise storage_error(error, self.dsn) from None
        finally:
            storage.engine.dispose()

    def _storage(self) -> RDBStorage:
        # Optuna takes a second connection while it holds the first; with a pool of one it would wait for itself.
        engine = {
            "pool_size": 2,
            "max_overflow": 0,
            "pool_timeout": CREATION_SECONDS,
            "creator": lambda: self._session.connect_for(CREATION_SECONDS),
        }
        return open_storage(self._session, engine)


def _whole(value: Any) -> int:
    """Return the number of an attribute; 0 for a study that an earlier version claimed."""
    return value if isinstance(value, int) else 0
