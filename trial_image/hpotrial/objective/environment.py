"""The variables that every objective finds, a function and a program alike: which trial of which sweep it is.

`process.child` and `inline_trial` set them before they call the objective; `command.environment` passes them on.
"""

from __future__ import annotations

from collections.abc import Mapping

from hpotrial import protocol
from hpotrial.protocol.command import SWEEP_ENV, TRIAL_NUMBER_ENV


def of_trial(number: int, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a trial. `environ` is the worker's; outside a sweep it names none."""
    sweep = environ.get(protocol.SWEEP_ENV)
    return {TRIAL_NUMBER_ENV: str(number), **({SWEEP_ENV: sweep} if sweep else {})}
