"""Limits on samplers and pruners, checked by arithmetic before Optuna constructs anything. Called by `build`.

A grid of a few kilobytes can have billions of points, and Optuna's constructor makes a list of all of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MAX_GRID_POINTS = 100_000  # more than any sweep runs; a worker keeps a tuple for each
MAX_GRID_VALUES = 1_000_000  # points times parameters: 100 MB in each worker
MAX_LEVELS = 4  # of samplers or pruners inside each other; Optuna's own need two
GRID, GRID_SPACE = "GridSampler", "search_space"


def check_limits(path: str, name: str, options: Mapping[str, Any]) -> None:
    """Raise ValueError when the object, or one inside it, would be too large."""
    blocks = [(path, name, options)]
    for _ in range(MAX_LEVELS):
        for place, class_name, arguments in blocks:
            if class_name == GRID:
                _check_grid(f"{place}.options", arguments.get(GRID_SPACE))
        blocks = [
            (f"{place}.options.{option}", value["name"], value.get("options") or {})
            for place, _, arguments in blocks
            for option, value in arguments.items()
            if is_nested(value)
        ]
    if blocks:
        raise ValueError(f"{path}.options: more than {MAX_LEVELS} levels of samplers or pruners inside each other")


def small(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options that Optuna's constructor accepts or refuses as these, with grids of one point."""
    arguments: dict[str, Any] = {
        option: {**value, "options": small(value["name"], value.get("options") or {})} if is_nested(value) else value
        for option, value in options.items()
    }
    grid = arguments.get(GRID_SPACE)
    if name == GRID and isinstance(grid, dict) and _is_grid(grid):
        arguments[GRID_SPACE] = {parameter: values[:1] for parameter, values in grid.items()}
    return arguments


def is_nested(value: Any) -> bool:
    """Return whether an option has the form of a class with options of its own."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), str)
        and isinstance(value.get("options") or {}, dict)
        and not value.keys() - {"name", "options"}
    )


def _is_grid(grid: Any) -> bool:
    return isinstance(grid, dict) and all(isinstance(values, list) for values in grid.values())


def _check_grid(path: str, grid: Any) -> None:
    if not _is_grid(grid):
        return  # another check names what is wrong
    points = math.prod(len(values) for values in grid.values())
    limit = min(MAX_GRID_POINTS, MAX_GRID_VALUES // max(len(grid), 1))
    if points > limit:
        amount = f"{points:,}" if points < 10**15 else f"about 10^{math.floor(math.log10(points))}"
        raise ValueError(
            f"{path}: {GRID}: {amount} combinations (allowed: at most {limit:,} with {len(grid)} parameters). "
            "Use fewer values, or another sampler"
        )
