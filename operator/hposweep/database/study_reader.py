"""Read one study of any Optuna storage, once and read-only, through Optuna's own classes. Called by `cli.analyze`.

The operator reads its own studies by plain SQL (`history`); this reader takes every storage and needs no operator.
Optuna has no public call that reads trials in pages, so the SQL storages are read by Optuna's own models.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from functools import partial

from optuna.exceptions import StorageInternalError
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages._rdb import models
from optuna.storages.journal import JournalFileBackend
from optuna.study._frozen import FrozenStudy
from optuna.trial import FrozenTrial
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.pool import NullPool

from hposweep.api import conditions
from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.optuna_storage import open_storage, reader_engine
from hposweep.database.schema import has_schema
from hposweep.database.study_address import StorageKind, StudyAddress, connect_sqlite, parse
from hposweep.database.study_trials import Distributions, trial_of
from hposweep.model.history import History, Trial
from hposweep.model.stored_study import StoredStudy
from hposweep.text import count, truncate

PAGE_TRIALS = 1000
MAX_TRIALS = 100_000  # of a study; the first ones are read, which need about a gigabyte
MAX_LISTED_STUDIES, MAX_NAME_CHARACTERS = 20, 80
_APPLICATION = "hposweep analyze"
_METRIC_NAMES = "study:metric_names"
_NO_TABLES = "has no tables of Optuna, so it has no study"


def read_study(storage_text: str, name: str | None, *, max_trials: int = MAX_TRIALS) -> StoredStudy:
    """Read the study of that name, or the only one. Raises StorageError, whose message has no secret."""
    address = parse(storage_text)
    storage = _open(address)
    try:
        study = _named(storage.get_all_studies(), name, address.place)
        return _read(storage, study, address.place, max_trials)
    except StorageError:
        raise
    except (SQLAlchemyError, StorageInternalError) as error:
        raise _failure(address, error) from None
    except (ValueError, KeyError, TypeError) as error:  # rows or lines that Optuna cannot decode
        raise StorageError(
            conditions.CONNECTION_FAILED,
            f"{address.place}: Optuna cannot read it ({type(error).__name__}). It was written by another program, or "
            "is damaged.",
        ) from None
    finally:
        if isinstance(storage, RDBStorage):
            storage.remove_session()
            storage.engine.dispose()


def _open(address: StudyAddress) -> BaseStorage:
    match address.kind:
        case StorageKind.POSTGRESQL:
            return _open_postgresql(address)
        case StorageKind.JOURNAL:
            return _open_journal(address)
        case StorageKind.SQLITE:
            return _open_sql(address, {"creator": partial(connect_sqlite, address), "poolclass": NullPool})
        case StorageKind.MYSQL:
            return _open_sql(address, {"connect_args": {"init_command": "SET SESSION TRANSACTION READ ONLY"}})


def _open_postgresql(address: StudyAddress) -> BaseStorage:
    try:
        dsn = Dsn(address.url)
    except ValueError as error:
        raise StorageError(conditions.INVALID_URL, f"--storage: {error}") from None
    session = Session(dsn)
    try:
        if not has_schema(session.run):
            raise StorageError(conditions.CONNECTION_FAILED, f"{address.place}: {_NO_TABLES}.")
        engine = reader_engine(may_write=False, application=_APPLICATION)
        return open_storage(session, engine, creates_tables=False)
    finally:
        session.close()


def _open_sql(address: StudyAddress, engine: dict[str, object]) -> BaseStorage:
    try:
        return RDBStorage(address.url, engine_kwargs=engine, skip_table_creation=True)
    except ImportError:
        raise StorageError(
            conditions.INVALID_URL,
            "--storage: no driver of MySQL is installed. Run `pip install pymysql`, and write the URL as "
            "mysql+pymysql://USER:PASSWORD@HOST/DATABASE.",
        ) from None
    except RuntimeError:
        raise StorageError(
            conditions.SCHEMA_TOO_OLD,
            f"{address.place}: its tables are of another version of Optuna. Make a backup, then run `optuna storage "
            "upgrade`.",
        ) from None
    except (SQLAlchemyError, StorageInternalError, ValueError, KeyError, IndexError) as error:
        raise _failure(address, error) from None


def _open_journal(address: StudyAddress) -> BaseStorage:
    try:
        return JournalStorage(JournalFileBackend(address.place))
    except (ValueError, KeyError, TypeError, AssertionError, AttributeError):
        raise StorageError(
            conditions.CONNECTION_FAILED, f"{address.place}: is neither an SQLite database nor a journal of Optuna."
        ) from None


def _failure(address: StudyAddress, error: Exception) -> StorageError:
    """Return the error in own words: SQLAlchemy's text may quote the URL."""
    cause = getattr(error.__cause__ or error, "orig", None) or error
    text = str(cause)
    if "no such table" in text or "doesn't exist" in text or "readonly database" in text:
        return StorageError(conditions.CONNECTION_FAILED, f"{address.place}: {_NO_TABLES}.")
    kind = type(cause).__name__
    return StorageError(conditions.CONNECTION_FAILED, f"{address.place}: cannot be read ({kind}). Is it reachable?")


def _named(studies: Sequence[FrozenStudy], name: str | None, place: str) -> FrozenStudy:
    matches = [study for study in studies if name is None or study.study_name == name]
    if len(matches) == 1:
        return matches[0]
    if not studies:
        raise StorageError(conditions.CONNECTION_FAILED, f"{place}: has no study.")
    problem = "which study is meant (got no name" if name is None else f"no such study (got `{_short(name)}`"
    raise StorageError(
        conditions.CONNECTION_FAILED, f"--study: {problem}; in {place}: {_names(studies, name)}). Pass one of these."
    )


def _names(studies: Sequence[FrozenStudy], name: str | None) -> str:
    """Return the names, those that are most like the wrong one first."""
    names = sorted(study.study_name for study in studies)
    similar = difflib.get_close_matches(name or "", names, n=MAX_LISTED_STUDIES, cutoff=0.5)
    ordered = [*similar, *(other for other in names if other not in similar)]
    rest = len(ordered) - MAX_LISTED_STUDIES
    listed = ", ".join(map(_short, ordered[:MAX_LISTED_STUDIES]))
    return f"{listed} and {count(rest, 'more study', 'more studies')}" if rest > 0 else listed


def _short(name: str) -> str:
    return truncate("".join(character if character.isprintable() else " " for character in name), MAX_NAME_CHARACTERS)


def _read(storage: BaseStorage, study: FrozenStudy, place: str, max_trials: int) -> StoredStudy:
    distributions = Distributions()
    trials: list[Trial] = []
    for page in _pages(storage, study._study_id):
        trials += [trial_of(trial, distributions) for trial in page[: max_trials - len(trials)]]
        if len(trials) >= max_trials:
            break
    total = storage.get_n_trials(study._study_id)
    notes = (f"Only the first {len(trials)} of {total} trials were read.",) if total > len(trials) else ()
    metrics = study.system_attrs.get(_METRIC_NAMES) or ()
    return StoredStudy(
        name=study.study_name,
        directions=tuple(direction.name for direction in study.directions),
        history=History(tuple(trials)),
        total=total,
        metrics=tuple(str(metric) for metric in metrics) if len(metrics) == len(study.directions) else (),
        place=place,
        notes=notes,
    )


def _pages(storage: BaseStorage, study_id: int) -> Iterator[Sequence[FrozenTrial]]:
    if not isinstance(storage, RDBStorage):
        yield storage.get_all_trials(study_id, deepcopy=False)
        return
    last = -1
    while True:
        with storage.scoped_session() as session:
            rows = _page(session, study_id, last)
            trials = [storage._build_frozen_trial_from_trial_model(row) for row in rows]
        if not trials:
            return
        last = trials[-1]._trial_id
        yield trials


def _page(session: OrmSession, study_id: int, last: int) -> Sequence[models.TrialModel]:
    row = models.TrialModel
    query = session.query(row).filter(row.study_id == study_id, row.trial_id > last).order_by(row.trial_id)
    columns = (row.params, row.values, row.user_attributes, row.system_attributes)
    rows = query.options(*map(selectinload, columns)).limit(PAGE_TRIALS).all()
    for trial in rows:  # no rule reads reports, of which a study may have millions
        set_committed_value(trial, "intermediate_values", [])
    return rows
