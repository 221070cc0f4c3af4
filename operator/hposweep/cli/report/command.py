"""The whole of `hposweep report`: read the study, analyze it, build the report, write its files."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import optuna

import hposweep
from hposweep.analysis.analyze import AnalysisOptions, analyze
from hposweep.cli.analyze.command import AnalyzeRequest, named_storage
from hposweep.cli.output import print_text
from hposweep.cli.report.files import report_files
from hposweep.cli.report.quick_reference import update_file
from hposweep.cli.run.errors import RefusedInputError
from hposweep.database.errors import StorageError
from hposweep.database.study_reader import read_study
from hposweep.text import binary_bytes

EXIT_WRITTEN, EXIT_REFUSED = 0, 2
_FILE_MODE = 0o644  # a report is for readers; a temporary file would be of its writer only


def write_report(request: AnalyzeRequest, folder: Path, reference: Path | None = None) -> int:
    """Write the files, print their names and sizes, and return the exit code."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # the analysis makes studies in memory
    try:
        study = read_study(named_storage(request.storage), request.study)
        options = AnalysisOptions(request.top, request.random_trials)
        analysis = analyze(study, options)
        files = report_files(study, analysis, options, versions())
    except StorageError as error:
        return _refuse(error.message)
    except RefusedInputError as error:
        return _refuse(*error.faults)
    try:
        write_files(folder, files)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        return _refuse(f"--out: the folder cannot be written (got `{folder}`; {cause}). Name another folder.")
    if reference is not None:
        try:
            update_file(reference, analysis, _FILE_MODE)
        except OSError as error:
            cause = error.strerror or type(error).__name__
            return _refuse(f"--quick-reference: the file cannot be written (got `{reference}`; {cause}).")
        except RefusedInputError as error:
            return _refuse(*error.faults)
    print_text("".join(f"{folder / name}  {binary_bytes(len(data))}\n" for name, data in files.items()))
    return EXIT_WRITTEN


def versions() -> Mapping[str, str]:
    return {"HPOSweep": hposweep.__version__, "Optuna": optuna.__version__, "Python": platform.python_version()}


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace each file as a whole, so that a reader never sees half of one. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).chmod(_FILE_MODE)
            Path(temporary).replace(folder / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise


def _refuse(*faults: str) -> int:
    for fault in faults:
        sys.stderr.write(f"hposweep report: {fault}\n")
    return EXIT_REFUSED
