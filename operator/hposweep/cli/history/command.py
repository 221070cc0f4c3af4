"""The whole of `hposweep history`: find the sweep and its database, read the entries, print them."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hposweep.api.record import RecordStatus
from hposweep.api.sweep import Sweep
from hposweep.cli.history import table
from hposweep.cli.history.place import is_run, sweep_of_cluster, sweep_of_run
from hposweep.cli.output import OutputFormat, print_text
from hposweep.cli.run.database import FOLDER, Database, named_database
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.study.place import open_place
from hposweep.database.errors import StorageError
from hposweep.database.records import RecordReader
from hposweep.model.record import Record, RecordPage

EXIT_SHOWN, EXIT_REFUSED = 0, 2


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments: exactly one of `name` and `study`."""

    name: str | None = None
    namespace: str | None = None
    study: str | None = None
    storage: str | None = None


def show_history(request: Request, output: OutputFormat) -> int:
    """Print the history, and return the exit code."""
    try:
        page, recent = _read(request)
    except RefusedInputError as error:
        return _refuse(*error.faults)
    except StorageError as error:
        return _refuse(error.message)
    print_text(table.as_json(page) if output is OutputFormat.JSON else table.as_text(page, recent))
    return EXIT_SHOWN


def _read(request: Request) -> tuple[RecordPage, RecordStatus | None]:
    """Return the entries, and the history of the status when that is all there is."""
    if (request.name is None) == (request.study is None):
        raise RefusedInputError(
            "NAME: which history is meant (got "
            f"{'no NAME' if request.name is None else 'NAME and --study'}). Pass the name of a sweep, the folder of a "
            "run, or --study STUDY."
        )
    if request.study is not None:
        return _of_study(_database(request), request.study), None
    name = str(request.name)
    if is_run(Path(name)):
        return _of_run(Path(name), request)
    sweep, database = sweep_of_cluster(name, request.namespace), named_database(request.storage)
    return _of_sweep(sweep, database)


def _of_run(folder: Path, request: Request) -> tuple[RecordPage, RecordStatus | None]:
    sweep = sweep_of_run(folder)
    if (folder / FOLDER / "data").is_dir():
        with open_place(folder, None) as database:
            return _of_sweep(sweep, database)
    return _of_sweep(sweep, named_database(request.storage))


def _of_sweep(sweep: Sweep, database: Database | None) -> tuple[RecordPage, RecordStatus | None]:
    """Return the entries of the sweep's study: those of the status override equal ones of the database."""
    recent = sweep.status.history if sweep.status is not None else None
    place = f"{sweep.namespace}/{sweep.name}"
    newest = tuple(Record(place, sweep.uid, entry) for entry in (recent.entries if recent is not None else ()))
    if database is None:
        return RecordPage(newest), recent
    stored = _of_study(database, sweep.study_name)
    return table.merged(stored, newest), None


def _of_study(database: Database, study: str) -> RecordPage:
    with closing(RecordReader(database.dsn)) as reader:
        page = reader.read(study)
    if page is None:
        raise RefusedInputError(
            f"no study `{study}` in {database.place}. Name its database with HPOSWEEP_STORAGE_URL; without it, "
            "`hposweep history NAME` reads the status of the sweep."
        )
    return page


def _database(request: Request) -> Database:
    database = named_database(request.storage)
    if database is None:
        raise RefusedInputError(
            "--study: needs a database (got none). Set the environment variable HPOSWEEP_STORAGE_URL to its URL."
        )
    return database


def _refuse(*faults: str) -> int:
    for fault in faults:
        sys.stderr.write(f"hposweep history: {fault}\n")
    return EXIT_REFUSED
