"""The objective and its callbacks can be imported and called as a worker calls them. Always runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from hpotrial.objective.callbacks import SUBJECT
from hpotrial.objective.load import ObjectiveNotFoundError, find, resolve
from hpotrial.preflight.check import Check, CheckContext, CheckKind, CheckResult, Deadline, failure, success
from hpotrial.protocol.config import PythonObjective

_TRIAL, _STUDY_AND_TRIAL = ("trial",), ("study", "trial")


def checks(context: CheckContext) -> Iterator[Check]:
    objective = context.config.objective
    field = f"spec.objective.{'python' if isinstance(objective, PythonObjective) else 'command'}"
    yield Check(KIND.name, str(objective), field, partial(_check_objective, context))
    for position, reference in enumerate(context.config.callbacks):
        run = partial(_check_callback, context, reference)
        yield Check(KIND.name, reference, f"spec.objective.callbacks[{position}]", run)


def _check_objective(context: CheckContext, deadline: Deadline) -> CheckResult:
    try:
        function = find(context.config.objective, context.config.source_path)
    except ObjectiveNotFoundError as error:
        return failure(str(error))
    return _signature(function, _TRIAL) if isinstance(context.config.objective, PythonObjective) else success()


def _check_callback(context: CheckContext, reference: str, deadline: Deadline) -> CheckResult:
    try:
        function = resolve(reference, context.config.source_path, SUBJECT)
    except ObjectiveNotFoundError as error:
        return failure(str(error))
    return _signature(function, _STUDY_AND_TRIAL)


def _signature(function: Callable[..., Any], arguments: tuple[str, ...]) -> CheckResult:
    """Fail unless the function can be called with these arguments by position."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return success()  # some functions in C tell no signature
    try:
        signature.bind(*arguments)
    except TypeError as error:
        form = f"({', '.join(arguments)})"
        sentence = f"is called as `{form}`, but its signature is `{signature}`: {error}. Make other parameters optional"
        return failure(sentence, str(signature), form)
    return success(str(signature))


KIND = CheckKind("objective", checks)
