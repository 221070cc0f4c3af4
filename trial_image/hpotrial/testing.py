"""For the tests of your objective: a trial with given parameters, without a sweep, a study or a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna.trial import FixedTrial


def fixed_trial(params: Mapping[str, Any], number: int = 0) -> FixedTrial:
    """Return a trial whose suggestions are these parameters, and which is never pruned.

    `hpotrial.params(trial)` returns the parameters too. With the variable `HPOSWEEP_FILE` it checks them against the
    search space of that file and adds its `fixed` values.
    """
    return FixedTrial(dict(params), number=number)
