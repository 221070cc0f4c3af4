"""Read the cases: the folder of an input, its variants, their commands and expectations. Called by `__main__`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
FILE = "case.yaml"
SWEEP = "sweep.yaml"
COMMAND = f"hposweep run {SWEEP} --out out"
CASE_KEYS = {"about", "area", "variants", "patch", "database", "environment", "steps", "expect"}


@dataclass(frozen=True, slots=True)
class Step:
    """One command of bash, and its expected result. A phrase `a | b` means one of the two."""

    run: str = COMMAND
    exit: int | tuple[int, ...] = 0
    output: tuple[str, ...] = ()  # phrases that the output contains; letter case and line breaks do not matter
    no_output: tuple[str, ...] = ()  # phrases that it does not contain
    ended: str = ""  # "Complete/BudgetReached": the type and the reason of the condition that is True
    conditions: Mapping[str, str] = field(default_factory=dict)  # by type: "True" or "True/Healthy"
    states: Mapping[str, int] = field(default_factory=dict)  # trials by state, all of them
    holds: tuple[str, ...] = ()  # Python expressions over the names of `expectation.Result`
    optuna: tuple[str, ...] = ()  # what equals a run of plain Optuna: states, params, values, attributes, errors

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Step:
        """Return the step. Raises ValueError for an unknown key."""
        if unknown := values.keys() - {each.name for each in fields(cls)}:
            raise ValueError(f"{FILE}: unknown keys of a step: {', '.join(sorted(unknown))}")
        plain: dict[str, Any] = {key: tuple(each) if isinstance(each, list) else each for key, each in values.items()}
        return cls(**plain)


@dataclass(frozen=True, slots=True)
class Case:
    """One variant of an input."""

    folder: Path
    variant: str
    about: str
    area: str
    steps: tuple[Step, ...]
    patches: tuple[Mapping[str, Any], ...]  # of the sweep, one after the other; null removes a field
    database: str = "shared"  # or "bundled": each run starts its own PostgreSQL
    environment: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.folder.name}/{self.variant}" if self.variant else self.folder.name


def cases(folder: Path = FOLDER) -> list[Case]:
    """Return all cases in the order of their names."""
    return [case for file in sorted(folder.glob(f"*/{FILE}")) for case in _cases_of(file)]


def _cases_of(file: Path) -> Iterator[Case]:
    common = yaml.safe_load(file.read_text())
    for variant, own in common.get("variants", {"": {}}).items():
        values = common | (own or {})
        if unknown := values.keys() - CASE_KEYS:
            raise ValueError(f"{file}: unknown keys: {', '.join(sorted(unknown))}")
        yield Case(
            folder=file.parent,
            variant=variant,
            about=values["about"],
            area=values["area"],
            steps=tuple(_steps(values)),
            patches=tuple(source["patch"] for source in (common, own or {}) if "patch" in source),
            database=values.get("database", "shared"),
            environment=values.get("environment", {}),
        )


def _steps(values: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the steps; `expect` belongs to the last one."""
    *first, last = values.get("steps", [{}])
    for step in (*first, last | values.get("expect", {})):
        yield Step.from_mapping(step)


def merged(base: Any, patch: Any) -> Any:
    """Return the base with the patch applied as a JSON merge patch."""
    if not isinstance(patch, dict):
        return patch
    changed = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            changed.pop(key, None)
        else:
            changed[key] = merged(changed.get(key), value)
    return changed
