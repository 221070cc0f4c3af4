"""Conversion between Optuna's trials and database rows. Pure; used by `sql` and `study_storage`.

Numbers are exchanged as text, because JSON has neither infinity nor NaN and PostgreSQL has.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from optuna.distributions import BaseDistribution, distribution_to_json, json_to_distribution
from optuna.trial import FrozenTrial, TrialState

MAX_STEP = 2**31 - 1
MAX_NAME_CHARACTERS = 512
CACHED_DISTRIBUTIONS = 4096  # more than any search space has

_TYPES = {"INF_POS": math.inf, "INF_NEG": -math.inf, "NAN": math.nan}


def stored_number(value: float) -> tuple[str | None, str]:
    """Return the number, or None and Optuna's word for a value that is not finite."""
    if math.isnan(value):
        return None, "NAN"
    if math.isinf(value):
        return None, "INF_POS" if value > 0 else "INF_NEG"
    return repr(float(value)), "FINITE"


def read_number(value: str | None, kind: str) -> float:
    return float(value) if value is not None else _TYPES[kind]


@lru_cache(maxsize=CACHED_DISTRIBUTIONS)
def read_distribution(text: str) -> BaseDistribution:
    """Return one object for equal texts, because distributions never change."""
    return json_to_distribution(text)


def write_distribution(distribution: BaseDistribution) -> str:
    return distribution_to_json(distribution)


def check_name(subject: str, name: str) -> None:
    """Refuse in the user's own stack a name that the database would refuse later."""
    if len(name) > MAX_NAME_CHARACTERS:
        raise ValueError(
            f"{subject} `{name[:40]}…` has {len(name)} characters; at most {MAX_NAME_CHARACTERS} are allowed"
        )
    if "\0" in name or not _is_text(name):
        raise ValueError(f"{subject} {name[:40]!r} contains characters that the database cannot store")


def check_step(step: int) -> None:
    if not 0 <= step <= MAX_STEP:
        raise ValueError(f"`step` is {step}; it must be from 0 to {MAX_STEP}")


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def local_time(utc: datetime.datetime | None) -> datetime.datetime | None:
    """Convert Optuna's UTC to the local time that it shows, both without a zone."""
    if utc is None:
        return None
    return utc.replace(tzinfo=datetime.UTC).astimezone().replace(tzinfo=None)


def attributes(texts: Mapping[str, str] | None) -> dict[str, Any]:
    return {key: json.loads(text) for key, text in (texts or {}).items()}


def read_trial(row: Sequence[Any]) -> FrozenTrial:
    """Return the trial of a row of `sql.TRIALS`."""
    trial_id, number, state, start, complete, values, params, steps, user, system = row
    distributions = {name: read_distribution(text) for name, _, text in params or ()}
    return FrozenTrial(
        number=number,
        state=TrialState[state],
        value=None,
        values=[read_number(value, kind) for _, value, kind in sorted(values)] if values else None,
        datetime_start=local_time(start),
        datetime_complete=local_time(complete),
        params={name: distributions[name].to_external_repr(float(value)) for name, value, _ in params or ()},
        distributions=distributions,
        user_attrs=attributes(user),
        system_attrs=attributes(system),
        intermediate_values={step: read_number(value, kind) for step, value, kind in steps or ()},
        trial_id=trial_id,
    )
