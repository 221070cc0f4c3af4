"""Optuna's trials as rows, and rows as Optuna's trials. Pure; `sql` and `storage` speak in these shapes.

Numbers travel as text, because JSON knows neither infinity nor NaN and PostgreSQL does.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import Any

from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.trial import FrozenTrial, TrialState

from hpotrial.protocol import trial_rows

LARGEST_STEP = 2**31 - 1
LONGEST_NAME = 512


def stored_number(value: float) -> tuple[str | None, str]:
    """As Optuna stores a value: the number, or none and the word for what it is instead."""
    if math.isnan(value):
        return None, "NAN"
    if math.isinf(value):
        return None, "INF_POS" if value > 0 else "INF_NEG"
    return repr(float(value)), "FINITE"


def write_distribution(distribution: BaseDistribution) -> str:
    return distribution_to_json(distribution)


def check_name(what: str, name: str) -> None:
    """Refuse here, in the user's own stack, what the database would refuse later."""
    if len(name) > LONGEST_NAME:
        raise ValueError(f"{what} `{name[:40]}…` has {len(name)} characters; at most {LONGEST_NAME} are allowed")
    if "\0" in name or not _is_text(name):
        raise ValueError(f"{what} {name[:40]!r} holds characters that no database can store")


def check_step(step: int) -> None:
    if not 0 <= step <= LARGEST_STEP:
        raise ValueError(f"`step` is {step}; it must be from 0 to {LARGEST_STEP}")


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def local_time(utc: datetime.datetime | None) -> datetime.datetime | None:
    """Optuna stores UTC and shows the local time, both without a zone."""
    if utc is None:
        return None
    return utc.replace(tzinfo=datetime.UTC).astimezone().replace(tzinfo=None)


def read_trial(row: Sequence[Any]) -> FrozenTrial:
    """Return the trial of a row of `sql.TRIALS`."""
    trial_id, number, state, start, complete, values, params, steps, user, system = row
    return FrozenTrial(
        number=number,
        state=TrialState[state],
        value=None,
        values=trial_rows.read_values(values),
        datetime_start=local_time(start),
        datetime_complete=local_time(complete),
        params=trial_rows.read_parameters(params),
        distributions={name: trial_rows.read_distribution(text) for name, _, text in params or ()},
        user_attrs=trial_rows.read_attributes(user),
        system_attrs=trial_rows.read_attributes(system),
        intermediate_values={step: trial_rows.read_number(value, kind) for step, value, kind in steps or ()},
        trial_id=trial_id,
    )
