"""Builders of sweeps for tests: a small valid resource, and words to vary one thing of it.

Every level of tests starts from `sweep()`, so that a test shows only what it is about. The functions return plain
dicts, as the API server and the operator read them, and never change their arguments.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

API_VERSION = "hposweep.dev/v1alpha1"
KIND = "HPOSweep"

Json = dict[str, Any]


def sweep(name: str = "digits", namespace: str = "default", **spec: Any) -> Json:
    """Return a valid sweep of ten trials; each keyword replaces the block of `spec` with that name."""
    blocks: Json = {
        "study": study(),
        "searchSpace": [float_parameter("x", -10.0, 10.0)],
        "objective": {"python": "train:objective"},
        "workers": workers(),
        "trials": {"max": 10},
    }
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": {"name": name, "namespace": namespace},
        "spec": copy.deepcopy(blocks | spec),
    }


def study(*, direction: str = "Maximize", objective: str = "score", **more: Any) -> Json:
    """Return a study with one objective; sampler, pruner, storage and so on by keyword."""
    return {"objectives": [{"name": objective, "direction": direction}]} | more


def workers(replicas: int = 1, **template: Any) -> Json:
    """Return a block of workers; keywords go to `pod_template`."""
    return {"replicas": replicas, "template": pod_template(**template)}


def pod_template(image: str = "hposweep-trial:latest", **pod_spec: Any) -> Json:
    """Return a pod template with the one container that a sweep needs; keywords are fields of the pod's spec."""
    return {"spec": {"containers": [{"name": "trial", "image": image}]} | pod_spec}


def float_parameter(name: str, low: float, high: float, *, when: Json | None = None, **more: Any) -> Json:
    """Return a real parameter; `log` and `step` by keyword."""
    return _parameter(name, "float", {"low": low, "high": high} | more, when)


def int_parameter(name: str, low: int, high: int, *, when: Json | None = None, **more: Any) -> Json:
    """Return a whole-numbered parameter; `log` and `step` by keyword."""
    return _parameter(name, "int", {"low": low, "high": high} | more, when)


def categorical_parameter(name: str, *choices: Any, when: Json | None = None) -> Json:
    """Return a parameter with a list of choices."""
    return _parameter(name, "categorical", {"choices": list(choices)}, when)


def when(parameter: str, *values: Any) -> Json:
    """Return the condition that another parameter has one of some values."""
    return {"parameter": parameter, "in": list(values)}


def best_value(
    *,
    greater_than: float | None = None,
    less_than: float | None = None,
    objective: str | None = None,
    where: Json | None = None,
) -> Json:
    """Return a criterion on the best value."""
    fields = {"objective": objective, "greaterThan": greater_than, "lessThan": less_than, "where": where}
    return {"bestValue": {key: value for key, value in fields.items() if value is not None}}


def trials_finished(least: int) -> Json:
    """Return a criterion on the number of finished trials."""
    return {"trialsFinished": {"min": least}}


def changed(resource: Mapping[str, Any], path: str, value: Any) -> Json:
    """Return a copy with one field set; a path is `spec.searchSpace.0.float.low`, missing objects are created."""
    result = copy.deepcopy(dict(resource))
    *parents, last = path.split(".")
    place: Any = result
    for part in parents:
        place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    place[_key(place, last)] = copy.deepcopy(value)
    return result


def without(resource: Mapping[str, Any], path: str) -> Json:
    """Return a copy without one field; the path is written as for `changed` and must exist."""
    result = copy.deepcopy(dict(resource))
    *parents, last = path.split(".")
    place: Any = result
    for part in parents:
        place = place[_key(place, part)]
    del place[_key(place, last)]
    return result


def _parameter(name: str, kind: str, domain: Json, condition: Json | None) -> Json:
    parameter: Json = {"name": name, kind: domain}
    return parameter if condition is None else parameter | {"when": condition}


def _key(place: Sequence[Any] | Mapping[str, Any], part: str) -> int | str:
    return int(part) if isinstance(place, list) else part
