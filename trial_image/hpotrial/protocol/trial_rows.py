"""Read the parts of a trial from the tables of Optuna 5: one sub-select and one reader for each part.

The worker reads whole trials (`storage.sql`, `storage.rows`), the operator what it judges and exports
(`hposweep.database.trials_sql`, `trial_rows`, `best`). Each sub-select belongs into the select list of a statement over
`trials t`: joins would multiply the rows of parameters, values and attributes. Numbers travel as text, because JSON has
neither infinity nor NaN.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from optuna.distributions import BaseDistribution, json_to_distribution

MAX_CACHED_DISTRIBUTIONS = 4096  # more spellings than any search space has

# Rows of a number and its type, in the order of the objectives.
VALUES = """
    (select json_agg(json_build_array(v.value::text, left(v.value_type::text, 16)) order by v.objective)
     from trial_values v where v.trial_id = t.trial_id)"""

_MAX_SHARED_CHARACTERS = 256  # of names and digests, which many trials have

_UNREADABLE = (ValueError, LookupError, TypeError, OverflowError, RecursionError, AttributeError)
_NOT_FINITE = {"INF_POS": math.inf, "INF_NEG": -math.inf, "NAN": math.nan}

ParameterRow = tuple[str, str | float, str]


def parameter_rows(max_bytes: int | None = None) -> str:
    """Return the sub-select of the parameters: rows of name, internal value and the distribution's JSON.

    Without parameters whose JSON is larger than the limit.
    """
    condition = f" and octet_length(p.distribution_json) <= {max_bytes}" if max_bytes is not None else ""
    return f"""
    (select json_agg(json_build_array(p.param_name, p.param_value::text, p.distribution_json) order by p.param_id)
     from trial_params p where p.trial_id = t.trial_id{condition})"""


def user_attributes(prefix: str = "", max_bytes: int | None = None) -> str:
    """Return the sub-select of the user attributes whose keys have this prefix, which is a constant of ours.

    Without values that are larger than the limit.
    """
    condition = f" and starts_with(a.key, '{prefix}')" if prefix else ""
    condition += f" and octet_length(a.value_json) <= {max_bytes}" if max_bytes is not None else ""
    return f"""
    (select json_object_agg(a.key, a.value_json) from trial_user_attributes a
     where a.trial_id = t.trial_id{condition})"""


def read_parameters(rows: Iterable[ParameterRow] | None) -> dict[str, Any]:
    """Return parameters by name, as the objective received them, but with lists for tuples."""
    return {name: value for name, value, _ in parameters(rows)}


def parameters(rows: Iterable[ParameterRow] | None) -> Iterator[tuple[str, Any, BaseDistribution]]:
    """Yield name, value and distribution. A row that cannot be read is left out: others of the study still can."""
    for name, value, text in rows or ():
        with suppress(*_UNREADABLE):
            distribution = read_distribution(text)
            yield sys.intern(name), distribution.to_external_repr(float(value)), distribution


def read_distributions(rows: Iterable[ParameterRow] | None) -> Mapping[str, BaseDistribution]:
    """Return the distribution of each parameter but those that cannot be read.

    Trials that asked for the same parameters share one object.
    """
    return _distributions(tuple((name, text) for name, _, text in rows or ()))


@lru_cache(maxsize=MAX_CACHED_DISTRIBUTIONS)
def _distributions(texts: tuple[tuple[str, str], ...]) -> Mapping[str, BaseDistribution]:
    distributions: dict[str, BaseDistribution] = {}
    for name, text in texts:
        with suppress(*_UNREADABLE):
            distributions[name] = read_distribution(text)
    return MappingProxyType(distributions)


@lru_cache(maxsize=MAX_CACHED_DISTRIBUTIONS)
def read_distribution(text: str) -> BaseDistribution:
    """Return one shared object for equal texts: distributions never change."""
    return json_to_distribution(text)


def read_values(rows: Sequence[tuple[str | None, str]] | None) -> list[float] | None:
    """Return the value of each objective, or None when there are no values."""
    return [read_number(value, kind) for value, kind in rows] if rows else None


def read_number(value: str | None, kind: str) -> float:
    """Return the number that Optuna stored as `value`, or as its type where it is not finite."""
    return float(value) if value is not None else _NOT_FINITE[kind]


def read_attributes(texts: Mapping[str, str] | None) -> dict[str, Any]:
    """Return attributes by key, from one JSON object of JSON texts."""
    return {sys.intern(key): read_json(text) for key, text in (texts or {}).items()}


def read_json(text: str) -> Any:
    """Return the value, or the text itself when it is no JSON: other programs may write attributes too."""
    try:
        value = json.loads(text)
        return sys.intern(value) if type(value) is str and len(value) <= _MAX_SHARED_CHARACTERS else value
    except (ValueError, RecursionError):
        return text
