"""The whole of `hposweep study`: list, show, export and disown studies, and keep a run's database open."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from hposweep.cli.output import print_text
from hposweep.cli.run.database import Database
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.study.place import open_place
from hposweep.database.catalog import Catalog, StudyEntry
from hposweep.database.errors import StorageError
from hposweep.database.export import TrialReader
from hposweep.database.study import Studies
from hposweep.text import count, number

EXIT_DONE, EXIT_REFUSED = 0, 2
ROW = "{:<32} {:>7} {:>9} {:>7} {:>7} {:>8}  {}\n"


def with_database(out: Path | None, storage: str | None, work: Callable[[Database], str]) -> int:
    """Open the database, print what `work` returns, and return the exit code."""
    try:
        with open_place(out, storage) as database:
            print_text(work(database))
    except RefusedInputError as error:
        return _refuse(*error.faults)
    except StorageError as error:
        return _refuse(error.message)
    return EXIT_DONE


def _refuse(*faults: str) -> int:
    for fault in faults:
        sys.stderr.write(f"hposweep study: {fault}\n")
    return EXIT_REFUSED


def list_studies(database: Database) -> str:
    entries = _entries(database)
    if not entries:
        return f"no study in {database.place}\n"
    rows = [ROW.format("NAME", "TRIALS", "COMPLETE", "PRUNED", "FAILED", "RUNNING", "OWNER")]
    for entry in entries:
        counts = entry.counts
        numbers = (counts.complete, counts.pruned, counts.failed, counts.running)
        rows.append(ROW.format(entry.name, counts.waiting + sum(numbers), *numbers, entry.owner or "none"))
    return "".join(rows)


def show_study(database: Database, name: str | None) -> str:
    entry = _entry(_entries(database), name)
    counts = entry.counts
    lines = [
        f"study     {entry.name} (id {entry.id}) in {database.place}",
        f"goal      {', '.join(direction.capitalize() for direction in entry.directions)}",
        f"trials    {counts.complete} complete, {counts.pruned} pruned, {counts.failed} failed, "
        f"{counts.running} running, {counts.waiting} waiting",
        f"owner     {f'sweep with uid {entry.owner}' if entry.owner else 'none'}",
    ]
    with closing(Studies(database.dsn)) as studies:
        study = studies.read(entry.name, [direction == "MAXIMIZE" for direction in entry.directions])
    best = study.best.trial if study is not None else None
    if best is not None:
        values = ", ".join(map(number, best.values))
        lines.append(f"best      trial {best.number}: {values}")
        lines += [f"  {key:<20} {number(value)}" for key, value in sorted(best.params.items())]
    return "\n".join((*lines, ""))


def export_trials(database: Database, name: str | None) -> str:
    entry = _entry(_entries(database), name)
    with closing(TrialReader(database.dsn)) as reader:
        return "".join(f"{line}\n" for line in reader.lines(entry.name))


def disown_study(database: Database, name: str | None, *, is_forced: bool) -> str:
    entry = _entry(_entries(database), name)
    if entry.owner is None:
        return f"study `{entry.name}` has no owner: nothing changed\n"
    if entry.counts.running and not is_forced:
        raise RefusedInputError(
            f"study `{entry.name}` has {count(entry.counts.running, 'running trial')}, so its sweep may still run. "
            "Stop that sweep, or pass --force if it is gone."
        )
    with closing(Studies(database.dsn)) as studies:
        studies.disown(entry.id, entry.owner)
    return (
        f"study `{entry.name}` has no owner any more (it was the sweep with uid {entry.owner})\n"
        f"Next: set `spec.study.name: {entry.name}` and `spec.study.adopt: true`, then run that sweep.\n"
    )


def serve_database(database: Database) -> str:
    """Wait for Ctrl-C, SIGTERM or a closed terminal, while the server runs."""
    # The URL has no secret: the kernel tells the server which user connects.
    url = database.dsn.reveal_for_optuna()
    print_text(
        f"The database of {database.place} is open. Ctrl-C closes it.\n"
        f"  optuna-dashboard '{url}'\n"
        f"  psql '{database.dsn.reveal()}'\n"
    )
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    signal.sigwait(signals)
    return "closed\n"


def _entries(database: Database) -> list[StudyEntry]:
    with closing(Catalog(database.dsn)) as catalog:
        return catalog.studies()


def _entry(entries: Sequence[StudyEntry], name: str | None) -> StudyEntry:
    names = ", ".join(entry.name for entry in entries) or "none"
    matches = [entry for entry in entries if name is None or entry.name == name]
    if len(matches) != 1:
        problem = "which study is meant (got no NAME" if name is None else f"no such study (got `{name}`"
        raise RefusedInputError(f"NAME: {problem}; in the database: {names}). Pass one of these names.")
    return matches[0]
