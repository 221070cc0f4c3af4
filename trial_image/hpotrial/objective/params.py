"""Turn the sweep's search space into Optuna's suggest calls.

A user's objective calls `params(trial)`. The worker calls `distributions(items)` at start to validate the space.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import BaseTrial, FixedTrial

from hpotrial import protocol
from hpotrial.objective import sweep_file
from hpotrial.protocol.config import WorkerConfig

Item = Mapping[str, Any]
KINDS = ("float", "int", "categorical")


def params(trial: BaseTrial, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return the trial's parameters: the sweep's `objective.fixed`, and one suggestion per item of its `searchSpace`.

    An item with a condition (`when`) is absent when its condition does not hold. Without a worker, the space is that of
    the file which `HPOSWEEP_FILE` names, and without that the parameters of a fixed trial.
    """
    if protocol.WORK_ENV in environ:
        config = WorkerConfig.from_environ(environ)
        return {**config.objective.fixed, **suggest(trial, config.search_space)}
    if environ.get(protocol.FILE_ENV):
        file = sweep_file.read(environ[protocol.FILE_ENV])
        return {**file.fixed, **suggest(trial, file.search_space)}
    if isinstance(trial, FixedTrial):
        return dict(trial._params)
    raise RuntimeError(
        "params(trial) needs the search space of a sweep, and this is no worker. Set the environment variable "
        f"{protocol.FILE_ENV} to the file of the sweep, for instance `{protocol.FILE_ENV}=sweep.yaml python debug.py`, "
        "or pass hpotrial.testing.fixed_trial({...}) to the objective"
    )


def conditional_names(items: Sequence[Item]) -> list[str]:
    """Return the parameters that a trial may lack, because they have a condition."""
    return [item["name"] for item in items if item.get("when")]


def suggest(trial: BaseTrial, items: Sequence[Item]) -> dict[str, Any]:
    """Suggest each item in the order of the list, except that a parent comes before its children."""
    values: dict[str, Any] = {}
    for item in sort_by_dependency(items):
        if _applies(item, values):
            values[item["name"]] = _suggest(trial, item)
    return values


def distributions(items: Sequence[Item]) -> dict[str, BaseDistribution]:
    """Return the space as Optuna's distributions; ValueError says which item is wrong and why."""
    by_name: dict[str, BaseDistribution] = {}
    for item in sort_by_dependency(items):
        try:
            by_name[item["name"]] = _distribution(item)
        except (TypeError, ValueError) as error:
            raise ValueError(f"spec.searchSpace: `{item['name']}`: {error}") from error
    return by_name


def sort_by_dependency(items: Sequence[Item]) -> list[Item]:
    by_name = {item["name"]: item for item in items}
    if len(by_name) < len(items):
        duplicate = next(item["name"] for index, item in enumerate(items) if item["name"] in _names(items[:index]))
        raise ValueError(f"spec.searchSpace: duplicate parameter `{duplicate}`")
    sorted_items: dict[str, Item] = {}
    for item in items:
        for ancestor in reversed(list(_lineage(item, by_name))):
            sorted_items.setdefault(ancestor["name"], ancestor)
    return list(sorted_items.values())


def _names(items: Sequence[Item]) -> set[str]:
    return {item["name"] for item in items}


def _lineage(item: Item, by_name: Mapping[str, Item]) -> Iterator[Item]:
    """Yield the item, its parent, its parent's parent, …"""
    visited: set[str] = set()
    while True:
        if item["name"] in visited:
            raise ValueError(f"spec.searchSpace: the condition of `{item['name']}` depends on `{item['name']}` itself")
        visited.add(item["name"])
        yield item
        if not item.get("when"):
            return
        parent = item["when"]["parameter"]
        if parent not in by_name:
            raise ValueError(
                f"spec.searchSpace: `{item['name']}` depends on `{parent}`, which is not in the search space"
            )
        item = by_name[parent]


def _applies(item: Item, values: Mapping[str, Any]) -> bool:
    condition = item.get("when")
    if not condition:
        return True
    parent = condition["parameter"]
    return parent in values and any(_is_equal(values[parent], value) for value in condition["in"])


def _is_equal(value: Any, other: Any) -> bool:
    """Compare as JSON does, where `true` is not 1."""
    return isinstance(value, bool) is isinstance(other, bool) and bool(value == other)


def _kind(item: Item) -> str:
    kinds = [kind for kind in KINDS if item.get(kind) is not None]
    if len(kinds) != 1:
        raise ValueError(f"must have exactly one of {', '.join(KINDS)}, has {' and '.join(kinds) or 'none'}")
    return kinds[0]


def _distribution(item: Item) -> CategoricalDistribution | FloatDistribution | IntDistribution:
    kind = _kind(item)
    spec = item[kind]
    if kind == "categorical":
        return CategoricalDistribution(spec["choices"])
    log = bool(spec.get("log"))
    if kind == "int":
        return IntDistribution(spec["low"], spec["high"], log=log, step=spec.get("step") or 1)
    return FloatDistribution(spec["low"], spec["high"], log=log, step=spec.get("step"))


def _suggest(trial: BaseTrial, item: Item) -> Any:
    name, distribution = item["name"], _distribution(item)
    if isinstance(distribution, CategoricalDistribution):
        return trial.suggest_categorical(name, distribution.choices)
    if isinstance(distribution, IntDistribution):
        return trial.suggest_int(
            name, distribution.low, distribution.high, step=distribution.step, log=distribution.log
        )
    return trial.suggest_float(name, distribution.low, distribution.high, step=distribution.step, log=distribution.log)
