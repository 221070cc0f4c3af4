"""The whole of `hposweep analyze`: read the study, analyze it, print it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import optuna

from hposweep.analysis.analyze import Analysis, AnalysisOptions, analyze
from hposweep.cli.analyze import documents, markdown, text
from hposweep.cli.analyze.formats import AnalysisFormat
from hposweep.cli.analyze.sections import sections
from hposweep.cli.output import print_text
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
        study = read_study(_storage(request), request.study)
    except StorageError as error:
        return _refuse(error.message)
    except RefusedInputError as error:
        return _refuse(*error.faults)
    analysis = analyze(study, AnalysisOptions(request.top, request.random_trials))
    _print(analysis, output)
    return EXIT_ANALYZED


def _print(analysis: Analysis, output: AnalysisFormat) -> None:
    match output:
        case AnalysisFormat.TEXT:
            text.print_sections(sections(analysis), sys.stdout)
        case AnalysisFormat.JSON:
            print_text(documents.as_json(analysis))
        case AnalysisFormat.YAML:
            print_text(documents.as_yaml(analysis))
        case AnalysisFormat.CSV:
            print_text(documents.as_csv(sections(analysis)))
        case AnalysisFormat.MARKDOWN:
            print_text(markdown.as_markdown(sections(analysis)))


def _storage(request: AnalyzeRequest) -> str:
    storage = request.storage or os.environ.get(STORAGE_URL_ENV)
    if not storage:
        raise RefusedInputError(
            f"--storage: which storage is meant (got none). Pass a URL or a file, or set {STORAGE_URL_ENV}."
        )
    return storage


def _refuse(*faults: str) -> int:
    for fault in faults:
        sys.stderr.write(f"hposweep analyze: {fault}\n")
    return EXIT_REFUSED
