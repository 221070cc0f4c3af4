"""A minimal sweep for a study that has no file. Called by `sweep`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from hposweep.analysis.effects import condition_of
from hposweep.analysis.view import StudyView
from hposweep.api.names import API_VERSION, KIND, TRIAL_CONTAINER
from hposweep.api.space import Parameter
from hposweep.api.wire import to_wire
from hposweep.cli.next.names import sweep_name

# A user sets these before the sweep is applied; the values are valid, so that all else can be checked.
PLACEHOLDERS = {
    "spec.study.storage.secretRef": "the Secret with the database URL",
    "spec.objective.python": "your function",
    "spec.workers.template…image": "your image",
}
DEFAULT_TRIALS = 100
MAX_PARAMETERS, MAX_CHOICES, MAX_WHOLE, MAX_OBJECTIVES, MAX_TRIALS = 100, 1000, 2**53 - 1, 8, 100_000  # of the CRD
_NAME, _OBJECTIVE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,62}"), re.compile(r"[^A-Za-z0-9_]+")


def base_sweep(view: StudyView, space: tuple[Parameter, ...]) -> dict[str, Any]:
    """Return a complete sweep with this space; without parameters the objective suggests its own."""
    goals = [
        {"name": name, "direction": goal.direction}
        for name, goal in zip(_objectives([goal.name for goal in view.goals]), view.goals, strict=True)
    ]
    spec: dict[str, Any] = {
        "study": {"storage": {"secretRef": {"name": "optuna-db", "key": "uri"}}, "objectives": goals},
        "searchSpace": [_wire(parameter) for parameter in space],
        "objective": {"python": "train:objective"},
        "workers": {
            "template": {"spec": {"containers": [{"name": TRIAL_CONTAINER, "image": "registry.example/your-image:1"}]}}
        },
        "trials": {"max": min(MAX_TRIALS, len(view.history.trials)) or DEFAULT_TRIALS},
    }
    if not space:
        del spec["searchSpace"]
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": {"name": sweep_name(view.study.name)}, "spec": spec}


def conditional_space(view: StudyView) -> tuple[Parameter, ...]:
    """Return the space that the trials had, with the conditions that they show."""
    return tuple(
        Parameter(item.name, item.float_, item.int_, item.categorical, condition_of(item.name, view))
        for item in view.space
    )


def why_no_space(space: tuple[Parameter, ...]) -> str:
    """Return why a sweep cannot have this space; "" when it can."""
    if not space:
        return "the study has no parameter"
    if len(space) > MAX_PARAMETERS:
        return f"a sweep has at most {MAX_PARAMETERS} parameters (got {len(space)})"
    for parameter in space:
        if not _NAME.fullmatch(parameter.name):
            return "the name of a parameter has other characters than letters, digits, `_`, `.`, `-` and `/`"
        choices = parameter.categorical.choices if parameter.categorical is not None else ()
        if parameter.categorical is not None and not 1 <= len(choices) <= MAX_CHOICES:
            return f"a parameter has 1 to {MAX_CHOICES} choices (got {len(choices)})"
        ends = (parameter.int_.low, parameter.int_.high) if parameter.int_ is not None else ()
        if any(abs(end) > MAX_WHOLE for end in ends):
            return "a whole number is too large for JSON"
    return ""


def _objectives(names: Sequence[str]) -> list[str]:
    """Return names that a sweep allows; the place stands for a name that leaves none, or that another has."""
    clean = [_OBJECTIVE.sub("_", name).strip("_")[:60] for name in names]
    return [
        f"value_{place}" if not name or name[0].isdigit() or clean.count(name) > 1 else name
        for place, name in enumerate(clean)
    ]


def _wire(parameter: Parameter) -> dict[str, Any]:
    """Return the parameter as users write it, without what is the default."""
    wire: dict[str, Any] = to_wire(parameter)
    for kind in ("float", "int"):
        bounds = wire.get(kind)
        if bounds is not None:
            if not bounds.get("log"):
                bounds.pop("log", None)
            if kind == "int" and bounds.get("step") == 1:
                del bounds["step"]
            if bounds.get("log"):
                bounds.pop("step", None)
    return wire
