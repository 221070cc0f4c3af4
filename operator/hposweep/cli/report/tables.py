"""Write trials, importances, directions and the best trials for other programs. Called by `files`. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from hposweep.analysis.analyze import Analysis
from hposweep.analysis.summary import RankedTrial
from hposweep.api.plain import plain
from hposweep.cli.analyze.documents import as_yaml, safe_cell
from hposweep.cli.analyze.summary_section import OWN_PREFIX
from hposweep.model.history import Trial
from hposweep.model.stored_study import StoredStudy
from hpotrial.protocol import CLASS

IMPORTANCE_COLUMNS = ("objective", "parameter", "share", "low", "high", "p", "beyond_chance")
DIRECTION_COLUMNS = (
    "objective",
    "parameter",
    "branch",
    "trials",
    "correlation",
    "low",
    "high",
    "p",
    "better_trials",
)


def trials_csv(study: StoredStudy) -> str:
    """Return all trials, with the column names of Optuna's `trials_dataframe`."""
    trials = study.history.trials
    parameters = list(dict.fromkeys(name for trial in trials for name in trial.params))
    attributes = list(
        dict.fromkeys(name for trial in trials for name in trial.attributes if not str(name).startswith(OWN_PREFIX))
    )
    n = len(study.directions)
    values = ["value"] if n == 1 else [f"values_{place}" for place in range(n)]
    head = ["number", "state", *values, "seconds", "datetime_complete", "is_feasible", "failure"]
    head += [f"params_{name}" for name in parameters] + [f"user_attrs_{name}" for name in attributes]
    return _csv(head, (_trial(trial, n, parameters, attributes) for trial in trials))


def _trial(trial: Trial, objectives: int, parameters: Sequence[str], attributes: Sequence[str]) -> list[Any]:
    values = [*trial.values, *[None] * objectives][:objectives]
    completed = None if trial.completed is None else trial.completed.isoformat()
    return [
        trial.number,
        trial.state,
        *values,
        trial.seconds,
        completed,
        trial.is_feasible,
        trial.attributes.get(CLASS),
        *(trial.params.get(name) for name in parameters),
        *(trial.attributes.get(name) for name in attributes),
    ]


def importances_csv(analysis: Analysis) -> str:
    rows = (
        (part.objective, item.parameter, item.share, item.low, item.high, item.p, item.is_distinct)
        for part in analysis.importances
        for item in part.parameters
    )
    return _csv(IMPORTANCE_COLUMNS, rows)


def directionality_csv(analysis: Analysis) -> str:
    rows = (
        (
            part.objective,
            item.parameter,
            item.branch,
            item.trials,
            item.correlation,
            item.low,
            item.high,
            item.p,
            item.side,
        )
        for part in analysis.effects
        for item in part.parameters
    )
    return _csv(DIRECTION_COLUMNS, rows)


def top_yaml(analysis: Analysis) -> str:
    """Return the best trials with their whole parameters, for `enqueue_trial` or a configuration of a training."""
    document = top_document(analysis.study, [goal.name for goal in analysis.objectives], analysis.summary.top)
    return as_yaml({**document, "objectives": list(analysis.objectives)})


def top_document(study: str, objectives: Sequence[str], trials: Sequence[RankedTrial]) -> dict[str, Any]:
    """Return the best trials as data. `hposweep top` prints it too."""
    rows = [
        {"number": trial.number, "values": dict(zip(objectives, trial.values, strict=True)), "params": trial.params}
        for trial in trials
    ]
    return {"study": study, "objectives": list(objectives), "trials": rows}


def top_csv(objectives: Sequence[str], trials: Sequence[RankedTrial]) -> str:
    """Return the best trials, one a line, with the column names of `trials_csv`."""
    parameters = list(dict.fromkeys(name for trial in trials for name in trial.params))
    head = ["number", *objectives, "seconds", *(f"params_{name}" for name in parameters)]
    rows = (
        [trial.number, *trial.values, trial.seconds, *(trial.params.get(name) for name in parameters)]
        for trial in trials
    )
    return _csv(head, rows)


def _csv(head: Iterable[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe_cell(str(plain(name))) for name in head])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    """Return numbers in full, an empty cell for what is unknown, and JSON for lists and objects."""
    if value is None:
        return ""
    value = plain(value)
    return safe_cell(json.dumps(value, default=str) if isinstance(value, list | dict | bool) else str(value))
