"""The whole of `hposweep analyze`: read the study, analyze it, print it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import optuna

from hposweep.analysis.analyze import AnalysisOptions, analyze
from hposweep.cli.analyze.formats import AnalysisFormat
from hposweep.cli.analyze.output import print_result
from hposweep.cli.analyze.sections import sections
from hposweep.cli.run.errors import RefusedInputError
from hposweep.database.errors import StorageError
from hposweep.database.study_reader import read_study
from hpotrial.protocol import STORAGE_URL_ENV

EXIT_ANALYZED, EXIT_REFUSED = 0, 2


@dataclass(frozen=True, slots=True)
class AnalyzeRequest:
    """The arguments."""

    storage: str | None = None
    study: str | None = None
    top: int = 5
    random_trials: int = 10


def analyze_study(request: AnalyzeRequest, output: AnalysisFormat) -> int:
    """Print the analysis, and return the exit code."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # the analysis makes studies in memory
    try:
        study = read_study(named_storage(request.storage), request.study)
    except StorageError as error:
        return _refuse(error.message)
    except RefusedInputError as error:
        return _refuse(*error.faults)
    analysis = analyze(study, AnalysisOptions(request.top, request.random_trials))
    print_result(analysis, sections(analysis), output)
    return EXIT_ANALYZED


def named_storage(text: str | None) -> str:
    """Return the storage that the user named, on the command line or in the environment."""
    storage = text or os.environ.get(STORAGE_URL_ENV)
    if not storage:
        raise RefusedInputError(
            f"--storage: which storage is meant (got none). Pass a URL or a file, or set {STORAGE_URL_ENV}."
        )
    return storage


def _refuse(*faults: str) -> int:
    for fault in faults:
        sys.stderr.write(f"hposweep analyze: {fault}\n")
    return EXIT_REFUSED
