"""The variables of a command objective and its references `$(NAME)`.

The worker's `objective.command` sets and expands them; `hposweep.judge.linter.command` checks which of them exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

PARAM_PREFIX = "HPO_PARAM_"
# All parameters as options; as an argument of its own it becomes one argument for each parameter.
ARGS = "HPO_ARGS"
PARAMS_FILE_ENV = "HPO_PARAMS_FILE"
TRIAL_NUMBER_ENV = "HPO_TRIAL_NUMBER"
SWEEP_ENV = "HPO_SWEEP"
SEED_ENV = "HPO_SEED"  # of a champion; in the search the number of the trial
RESULT_FILE_ENV = "HPO_RESULT_FILE"
REPORT_FILE_ENV = "HPO_REPORT_FILE"
PRUNED_FILE_ENV = "HPO_PRUNED_FILE"
CHECKPOINT_DIR_ENV = "HPO_CHECKPOINT_DIR"
# Without the parameters' own.
VARIABLES = (
    ARGS,
    PARAMS_FILE_ENV,
    TRIAL_NUMBER_ENV,
    SWEEP_ENV,
    SEED_ENV,
    RESULT_FILE_ENV,
    REPORT_FILE_ENV,
    PRUNED_FILE_ENV,
    CHECKPOINT_DIR_ENV,
)

# As in the `command` of a container: `$(NAME)` is a reference, `$$` stands for `$`.
_REFERENCE = re.compile(r"\$(?:\$|\((?P<name>[^()]*)\))")


def variable(parameter: str) -> str:
    """Return the name of a parameter's variable."""
    return PARAM_PREFIX + re.sub("[^A-Z0-9_]", "_", parameter.upper())


def shared_variable(parameters: Iterable[str]) -> tuple[str, str] | None:
    """Return the first two parameters whose variables have the same name."""
    owners: dict[str, str] = {}
    for parameter in parameters:
        first = owners.setdefault(variable(parameter), parameter)
        if first != parameter:
            return first, parameter
    return None


def expand(argument: str, value_of: Callable[[str], str | None]) -> str:
    """Replace each reference with its value. One without a value stays as it is."""

    def replacement(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return "$"
        value = value_of(name)
        return match[0] if value is None else value

    return _REFERENCE.sub(replacement, argument)


def references(argument: str) -> Iterable[str]:
    """Return the names that the argument refers to, in their order."""
    return [match["name"] for match in _REFERENCE.finditer(argument) if match["name"] is not None]
