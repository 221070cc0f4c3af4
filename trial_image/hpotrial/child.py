"""What runs in the fresh process of one trial: find the objective, call it, say how it ended.

Forked by the fork server, so that everything heavy is imported already. The supervisor's side is `trial_process`.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

import optuna

from hpotrial import seeds
from hpotrial.messages import End, Found, NotFound, Pruned, Raised, Returned, ReturnedNonsense, Task
from hpotrial.objective import ObjectiveNotFoundError, resolve
from hpotrial.remote_trial import RemoteTrial

TRACEBACK_CHARACTERS = 4000
MESSAGE_CHARACTERS = 2000


def run(connection: Connection[Any, Any], task: Task) -> None:
    os.setsid()  # a process group of its own: whatever the objective starts can be ended with it
    _die_with_supervisor()
    _flush_every_line()
    _renew_seeds()
    end = _end_of(connection, task)
    with contextlib.suppress(BrokenPipeError):  # nobody is left to tell
        connection.send(end)


def _end_of(connection: Connection[Any, Any], task: Task) -> End:
    try:
        objective = resolve(task.reference, task.source_path)
    except ObjectiveNotFoundError as error:
        return NotFound(str(error))
    if task.number is None:
        return Found()
    try:
        return _numbers(objective(RemoteTrial(connection, task.number)))
    except optuna.TrialPruned:
        return Pruned()
    except BaseException as error:  # sys.exit and Ctrl-C end a trial like any other exception
        return _raised(error)


def _numbers(result: Any) -> Returned | ReturnedNonsense:
    """Exactly what Optuna accepts: one thing that becomes a float, or a sequence of such things."""
    values = result if isinstance(result, Sequence) and not isinstance(result, str) else [result]
    numbers = []
    for value in values:
        try:
            numbers.append(float(value))
        except (TypeError, ValueError):
            return ReturnedNonsense(f"the objective returned {_shown(value)}, which is not a number")
        except OverflowError:
            numbers.append(math.inf)
    return Returned(tuple(numbers))


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{text[:80]} ({type(value).__name__})" if value is not None else "None"


def _raised(error: BaseException) -> Raised:
    try:
        message = str(error)
    except Exception:
        message = "(its message could not be made)"
    # The first frame is ours. The full text belongs into the pod's log, where people look for it.
    frames = error.__traceback__.tb_next if error.__traceback__ else None
    text = "".join(traceback.format_exception(type(error), error, frames))
    print(text, file=sys.stderr, flush=True)
    return Raised(type(error).__name__, message[:MESSAGE_CHARACTERS], text[-TRACEBACK_CHARACTERS:])


def _die_with_supervisor() -> None:
    """Have the kernel kill this process group when the supervisor is gone, however it went.

    An orphan would go on training on a GPU that somebody else was given. A thread could watch as well, but a process
    with a thread cannot fork safely any more, and objectives fork.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    with contextlib.suppress(OSError, AttributeError):  # a sandbox without it only loses this convenience
        pipe = parent.sentinel
        fcntl.fcntl(pipe, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)


def _flush_every_line() -> None:
    """A pod's log shows a line when it is printed, and keeps it when the process is killed."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # somebody replaced it
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _renew_seeds() -> None:
    warm = sys.modules.get("hpotrial.warm")  # absent when the fork server could not import it
    seeds.renew(was_seeded=bool(warm is not None and warm.is_seeded_by_user))
