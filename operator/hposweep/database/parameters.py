"""Parameters as people gave them, from the rows in which Optuna stores them. Called by `best`, `export`, `history`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from optuna.distributions import BaseDistribution, json_to_distribution


def external(rows: Iterable[tuple[str, float, str]]) -> dict[str, Any]:
    """Rows of name, internal value and the distribution's JSON; in their order."""
    return {name: _distribution(distribution).to_external_repr(value) for name, value, distribution in rows}


@lru_cache(maxsize=512)  # the trials of a study share a handful
def _distribution(text: str) -> BaseDistribution:
    return json_to_distribution(text)
