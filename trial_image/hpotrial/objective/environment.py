"""The variables that every objective finds, a function and a program alike: which trial of which sweep it is.

`process.child` and `inline_trial` set them before they call the objective; `command.environment` passes them on.
"""

from __future__ import annotations

from collections.abc import Mapping

from hpotrial import protocol
from hpotrial.protocol.command import SEED_ENV, SWEEP_ENV, TRIAL_NUMBER_ENV


def of_trial(number: int, environ: Mapping[str, str], seed: int | None = None) -> dict[str, str]:
    """Return the variables of a trial. `environ` is the worker's; outside a sweep it names none.

    `seed`: of a champion. A trial of the search has its number instead, so that a command may always name the variable.
    """
    sweep = environ.get(protocol.SWEEP_ENV)
    variables = {TRIAL_NUMBER_ENV: str(number), SEED_ENV: str(seed if seed is not None else number)}
    return {**variables, **({SWEEP_ENV: sweep} if sweep else {})}
