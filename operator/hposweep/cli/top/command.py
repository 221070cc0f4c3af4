"""The whole of `hposweep top`: read the trials, rank them, print the best."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

import optuna

from hposweep.analysis.summary import RankedTrial, top_trials
from hposweep.analysis.view import StudyView, view_of
from hposweep.api.plain import plain
from hposweep.cli.analyze import documents, markdown, text
from hposweep.cli.analyze.command import named_storage
from hposweep.cli.analyze.formats import AnalysisFormat
from hposweep.cli.analyze.section import Section, Table, cell, printable, seconds
from hposweep.cli.judge.load import load_trials
from hposweep.cli.judge.options import JudgeOptions
from hposweep.cli.output import print_text
from hposweep.cli.report.tables import top_csv, top_document
from hposweep.cli.run.errors import RefusedInputError
from hposweep.database.errors import StorageError
from hposweep.database.study_reader import read_study
from hposweep.model.stored_study import StoredStudy
from hposweep.text import count

EXIT_PRINTED, EXIT_REFUSED = 0, 2
MAX_JSON_CHARACTERS = 100_000  # of one trial's parameters, which must be whole to be used


@dataclass(frozen=True, slots=True)
class TopRequest:
    """The arguments."""

    file: str | None = None
    trials: str | None = None
    storage: str | None = None
    study: str | None = None
    number: int = 5


def print_top(request: TopRequest, output: AnalysisFormat) -> int:
    """Print the best trials, and return the exit code."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        view = view_of(_study(request))
    except StorageError as error:
        return _refuse(error.message)
    except RefusedInputError as error:
        return _refuse(*error.faults)
    _print(view, top_trials(view, request.number), output)
    return EXIT_PRINTED


def _study(request: TopRequest) -> StoredStudy:
    if request.file is None:
        if request.trials is not None:
            raise RefusedInputError("--trials: needs the sweep of these trials (got none). Name its file first.")
        return read_study(named_storage(request.storage), request.study)
    options = JudgeOptions(request.file, trials=request.trials, storage=request.storage, study=request.study)
    loaded = load_trials(options)
    names = tuple(goal.name for goal in loaded.sweep.spec.study.objectives)
    trials = loaded.history.trials
    return StoredStudy(loaded.study.name, loaded.sweep.directions, loaded.history, len(trials), names)


def _print(view: StudyView, trials: tuple[RankedTrial, ...], output: AnalysisFormat) -> None:
    names = [goal.name for goal in view.goals]
    match output:
        case AnalysisFormat.JSON:
            print_text(documents.as_json(top_document(view.study.name, names, trials)))
        case AnalysisFormat.YAML:
            print_text(documents.as_yaml(top_document(view.study.name, names, trials)))
        case AnalysisFormat.CSV:
            print_text(top_csv(names, trials))
        case AnalysisFormat.MARKDOWN:
            print_text(markdown.as_markdown([_section(view, names, trials)]))
        case AnalysisFormat.TEXT:
            text.print_sections([_section(view, names, trials)], sys.stdout)


def _section(view: StudyView, names: list[str], trials: tuple[RankedTrial, ...]) -> Section:
    has_fronts = len(names) > 1
    columns = ("trial", *map(printable, names), *(["front"] if has_fronts else []), "duration", "parameters")
    rows = tuple(
        (
            f"#{trial.number}",
            *map(cell, trial.values),
            *([str(trial.front + 1)] if has_fronts else []),
            seconds(trial.seconds),
            printable(json.dumps(plain(dict(trial.params)), ensure_ascii=False), MAX_JSON_CHARACTERS),
        )
        for trial in trials
    )
    title = f"Best {count(len(rows), 'trial')} of {len(view.trials)} that can be compared: {printable(view.study.name)}"
    notes = () if rows else ("No trial can be ranked: none is complete with a finite, feasible value.",)
    return Section(title, (Table(columns, rows, len(columns)),), notes=notes)


def _refuse(*faults: str) -> int:
    for fault in faults:
        sys.stderr.write(f"hposweep top: {fault}\n")
    return EXIT_REFUSED
