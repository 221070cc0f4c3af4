"""Parameters as people gave them, from the rows in which Optuna stores them. Called by `best` and `export`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from optuna.distributions import json_to_distribution


def external(rows: Iterable[tuple[str, float, str]]) -> dict[str, Any]:
    """Rows of name, internal value and the distribution's JSON; in their order."""
    return {name: json_to_distribution(distribution).to_external_repr(value) for name, value, distribution in rows}
