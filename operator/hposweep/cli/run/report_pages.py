"""The report of a run, written into its folder at its end and, by `live_report`, before. Called by `command`.

It is best effort: the verdict and the exit code of a run do not depend on its report.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hposweep.api.status import Status
from hposweep.cli.run.database import Database
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.run.load import RunInput
from hposweep.cli.run.options import short_path
from hposweep.database.errors import StorageError
from hposweep.text import count

PAGES = ("report.html", "report.md")
# Beyond these, an analysis takes more seconds than a person expects of the end of a run.
MAX_TRIALS, MAX_PARAMETERS = 10_000, 40  # MAX_PARAMETERS: times the number of objectives


def write_pages(run_input: RunInput, database: Database, status: Status) -> str:
    """Write the pages; return "", or a sentence that says why they are absent. An old page is removed then."""
    folder = run_input.folder.path
    try:
        _write(run_input, database, status)
    except Exception as error:  # whatever fails here must not change how the run ends
        for name in PAGES:
            with suppress(OSError):
                (folder / name).unlink(missing_ok=True)
        return f"No report was written: {_reason(error)}. The verdict does not depend on it."
    return ""


def write_live_pages(run_input: RunInput, database: Database, status: Status) -> str:
    """Write the pages of a run that goes on; return "", or why the older pages stay."""
    try:
        _write(run_input, database, status)
    except Exception as error:  # the next write, or the end of the run, may succeed
        return _reason(error)
    return ""


def _write(run_input: RunInput, database: Database, status: Status) -> None:
    _refuse_large(count(status.trials.finished, "trial"), status.trials.finished, MAX_TRIALS)
    # Heavy modules, which only the end of a run needs.
    from hposweep.analysis.analyze import AnalysisOptions
    from hposweep.analysis.view import view_of
    from hposweep.cli.report.command import versions, write_files
    from hposweep.cli.report.files import run_pages
    from hposweep.cli.report.outcome import SweepOutcome
    from hposweep.database.study_reader import read_study

    study = replace(read_study(database.dsn.reveal(), run_input.sweep.study_name), place=database.place)
    parameters = len(view_of(study).space)
    _refuse_large(count(parameters, "parameter"), parameters * len(study.directions), MAX_PARAMETERS)
    outcome = SweepOutcome(status, run_input.command, short_path(run_input.folder.path))
    write_files(run_input.folder.path, run_pages(study, AnalysisOptions(), versions(), outcome))


def _refuse_large(words: str, size: int, limit: int) -> None:
    if size > limit:
        raise RefusedInputError(f"the analysis of {words} takes long; `hposweep report` does it on request")


def _reason(error: Exception) -> str:
    """Return why, without a part of a URL, which a foreign exception may quote."""
    match error:
        case StorageError():
            return error.message.rstrip(".")
        case RefusedInputError():
            return "; ".join(error.faults)
        case OSError():
            return error.strerror or type(error).__name__
    return f"an internal error ({type(error).__name__})"
