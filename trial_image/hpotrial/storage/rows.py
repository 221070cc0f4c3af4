"""Conversion between Optuna's trials and database rows. Pure; used by `sql` and `study_storage`.

Numbers are exchanged as text, because JSON has neither infinity nor NaN and PostgreSQL has.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import Any

from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.trial import FrozenTrial, TrialState

from hpotrial.protocol import trial_rows

MAX_STEP = 2**31 - 1
MAX_NAME_CHARACTERS = 512


def stored_number(value: float) -> tuple[str | None, str]:
    """Return the number, or None and Optuna's word for a value that is not finite."""
    if math.isnan(value):
        return None, "NAN"
    if math.isinf(value):
        return None, "INF_POS" if value > 0 else "INF_NEG"
    return repr(float(value)), "FINITE"


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


def read_trial(row: Sequence[Any]) -> FrozenTrial:
    """Return the trial of a row of `sql.TRIALS`."""
    trial_id, number, state, start, complete, values, params, steps, user, system = row
    parameters = tuple(trial_rows.parameters(params))
    return FrozenTrial(
        number=number,
        state=TrialState[state],
        value=None,
        values=trial_rows.read_values(values),
        datetime_start=local_time(start),
        datetime_complete=local_time(complete),
        params={name: value for name, value, _ in parameters},
        distributions={name: distribution for name, _, distribution in parameters},
        user_attrs=trial_rows.read_attributes(user),
        system_attrs=trial_rows.read_attributes(system),
        intermediate_values={step: trial_rows.read_number(value, kind) for step, value, kind in steps or ()},
        trial_id=trial_id,
    )
