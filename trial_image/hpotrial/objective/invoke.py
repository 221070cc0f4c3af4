"""Call the objective with a trial, and return how it ended. Exceptions of the user's code are never raised.

`child` calls it in the process of one trial. With `isolation: None` the worker calls it in its own process.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import optuna

from hpotrial.objective import exceptions
from hpotrial.objective.command.result import InvalidResultError
from hpotrial.objective.command.run import CommandEndedError
from hpotrial.protocol.messages import Exited, Pruned, Returned, ReturnedInvalid, TrialEnd

SHOWN_CHARACTERS = 80
MAX_VALUES = 100  # no study has more, and they would have to cross the pipe


def call(
    objective: Callable[[Any], Any],
    trial: Any,
    *,
    let_through: tuple[type[BaseException], ...] = (),
    retry_on: Sequence[str] = (),
) -> TrialEnd:
    """Call the objective. `let_through`: exceptions of the worker, which a trial in the worker's process may raise.

    `retry_on`: exceptions of the user that are worth another attempt.
    """
    try:
        return numbers(objective(trial))
    except let_through:
        raise
    except optuna.TrialPruned as pruned:
        return Pruned(exceptions.message(pruned))
    except CommandEndedError as error:
        return Exited(error.command, error.exit_code)
    except InvalidResultError as error:
        return ReturnedInvalid(str(error))
    except BaseException as error:  # sys.exit and Ctrl-C end a trial like any other exception
        description = exceptions.describe(error, getattr(objective, "__module__", None) or "")
        exceptions.print_exception(description)
        return replace(description, retry_on=exceptions.matching(error, retry_on)) if retry_on else description


def numbers(result: Any) -> Returned | ReturnedInvalid:
    """Accept exactly what Optuna accepts: a value that becomes a float, or a sequence of such values."""
    values = result if isinstance(result, Sequence) and not isinstance(result, str) else [result]
    if len(values) > MAX_VALUES:
        return ReturnedInvalid(f"the objective returned a {type(result).__name__} of {len(values)} values")
    floats = []
    for value in values:
        try:
            floats.append(float(value))
        except OverflowError:
            floats.append(-math.inf if isinstance(value, int) and value < 0 else math.inf)
        except Exception as error:  # a class of the user's may raise anything
            return ReturnedInvalid(f"the objective returned {format_value(value)}, {_reason(value, error)}")
    return Returned(tuple(floats))


def _reason(value: Any, error: Exception) -> str:
    """Say why a value is not a number."""
    if inspect.iscoroutine(value):
        value.close()  # because Python warns of a coroutine that was never awaited
        return "because it is an `async def`: call it by `asyncio.run` in a function of its own"
    if inspect.isgenerator(value):
        return "because it has a `yield`: return the value instead"
    if isinstance(error, TypeError | ValueError):
        return "which is not a number"
    return f"which is not a number ({type(error).__name__}: {exceptions.message(error)[:SHOWN_CHARACTERS]})"


def format_value(value: Any) -> str:
    if value is None:
        return "None"
    try:
        text = repr(value)
    except Exception:
        text = "an object that cannot be shown"
    return f"{text[:SHOWN_CHARACTERS]} ({type(value).__name__})"
