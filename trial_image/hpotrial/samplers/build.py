"""Build Optuna's samplers and pruners by name and options, as the spec has them.

The operator builds them too, before any worker starts, so that a wrong option is reported in a condition instead of a
crash loop. Pure: no storage, no study.
"""

from __future__ import annotations

import importlib.util
import inspect
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import optuna
from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler

from hpotrial.samplers import user_class
from hpotrial.samplers.accepted import DEFAULT_PRUNER, DEFAULT_SAMPLER
from hpotrial.samplers.limits import check_limits, small
from hpotrial.samplers.options import check_options, read_nested

MAX_SEED = 2**32 - 1

# Packages that Optuna imports only when these are used. Without a check a sweep would fail at its first trial.
REQUIRED_PACKAGES = {
    "CmaEsSampler": ("cmaes",),
    "GPSampler": ("torch", "scipy"),
    "QMCSampler": ("scipy",),
    "WilcoxonPruner": ("scipy",),
}
# Their workers share one sequence, whose order depends on the seed.
SHARED_SEED_SAMPLERS = {"GridSampler", "QMCSampler"}


class NotInstalledError(ValueError):
    """Name and options are valid, but a package is missing here. A worker's image may have it."""


@dataclass(frozen=True, slots=True)
class Family:
    """The classes that a field of the spec may name."""

    module: ModuleType
    base: type
    word: str

    def classes(self) -> dict[str, type]:
        members = {name: getattr(self.module, name) for name in dir(self.module) if not name.startswith("_")}
        return {
            name: value
            for name, value in sorted(members.items())
            if inspect.isclass(value) and issubclass(value, self.base) and not inspect.isabstract(value)
        }


SAMPLERS = Family(optuna.samplers, BaseSampler, "sampler")
PRUNERS = Family(optuna.pruners, BasePruner, "pruner")
# Options that are such objects are written as {name, options}. The type in Optuna's signature decides.
NESTED = {
    "BaseSampler": SAMPLERS,
    "BasePruner": PRUNERS,
    "BaseCrossover": Family(optuna.samplers.nsgaii, optuna.samplers.nsgaii.BaseCrossover, "crossover"),
    "BaseMutation": Family(optuna.samplers.nsgaii, optuna.samplers.nsgaii.BaseMutation, "mutation"),
}


def sampler(block: Mapping[str, Any], worker: int, source_path: str | None) -> BaseSampler:
    """Build the sampler of the spec's block, which names one of Optuna's or a class of the user's."""
    if not block.get("class"):
        return make_sampler(block.get("name") or DEFAULT_SAMPLER, block.get("options"), block.get("seed"), worker)
    own_seed = _own_seed(block.get("seed"), worker)
    instance: BaseSampler = _make_user_class("spec.study.sampler", block, BaseSampler, own_seed, source_path)
    return instance


def pruner(block: Mapping[str, Any], source_path: str | None) -> BasePruner:
    """Build the pruner of the spec's block, likewise."""
    if not block.get("class"):
        return make_pruner(block.get("name") or DEFAULT_PRUNER, block.get("options"))
    instance: BasePruner = _make_user_class("spec.study.pruner", block, BasePruner, None, source_path)
    return instance


def make_sampler(
    name: str, options: Mapping[str, Any] | None = None, seed: int | None = None, worker: int = 0
) -> BaseSampler:
    """Return the sampler of one worker. Each worker gets its own seed, so that no two start with the same points."""
    own_seed = _own_seed(seed, worker)
    all_options = dict(options or {})
    if name == "QMCSampler" and own_seed is not None:
        all_options.setdefault("independent_sampler", {"name": "RandomSampler"})
    path = "study.sampler"
    if "seed" in all_options:
        raise ValueError(f"{path}.options: `seed` is not an option. Set {path}.seed instead")
    check_limits(path, name, all_options)
    instance: BaseSampler = _build(SAMPLERS, path, name, all_options, own_seed, shared_seed=seed)
    if seed is not None and not _takes_seed(SAMPLERS.classes()[name]) and "base_sampler" not in all_options:
        raise ValueError(f"{path}.seed: {name} takes no seed. Remove it")
    return instance


def make_pruner(name: str, options: Mapping[str, Any] | None = None) -> BasePruner:
    check_limits("study.pruner", name, options or {})
    instance: BasePruner = _build(PRUNERS, "study.pruner", name, dict(options or {}), None, None)
    return instance


def check_sampler(name: str, options: Mapping[str, Any], seed: int | None) -> None:
    """Raise ValueError where `make_sampler` would, without the memory and the time of a large grid."""
    check_limits("study.sampler", name, options)
    make_sampler(name, small(name, options), seed)


def _own_seed(seed: Any, worker: int) -> int | None:
    if seed is None:
        return None
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise ValueError(f"study.sampler.seed: is {seed!r}, must be an integer from 0 to {MAX_SEED}")
    return (seed + worker) % (MAX_SEED + 1)


def _make_user_class(
    field: str, block: Mapping[str, Any], base: type, seed: int | None, source_path: str | None
) -> Any:
    if block.get("name"):
        raise ValueError(f"{field}: must have one of name and class, has both")
    return user_class.make(field, str(block["class"]), block.get("options") or {}, base, seed, source_path)


def _build(
    family: Family, path: str, name: str, options: Mapping[str, Any], seed: int | None, shared_seed: int | None
) -> Any:
    classes = family.classes()
    if name not in classes:
        raise ValueError(f"{path}.name: no {family.word} `{name}` in Optuna; allowed: {', '.join(classes)}")
    target = classes[name]
    arguments = dict(options)
    for option, base in check_options(f"{path}.options", name, target, options).items():
        nested = read_nested(f"{path}.options.{option}", options[option])
        arguments[option] = _build(
            NESTED[base], f"{path}.options.{option}", nested.name, nested.options, seed, shared_seed
        )
    if _takes_seed(target):
        arguments["seed"] = shared_seed if name in SHARED_SEED_SAMPLERS else seed
    for package in REQUIRED_PACKAGES.get(name, ()):
        if importlib.util.find_spec(package) is None:
            raise NotInstalledError(f"{path}.name: {name} needs the package `{package}`, which is not installed")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            return target(**arguments)
    except Exception as error:
        raise ValueError(f"{path}.options: {name}: {error}") from error


def _takes_seed(target: type) -> bool:
    return "seed" in inspect.signature(target).parameters
