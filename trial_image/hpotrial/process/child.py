"""The fresh process of one trial: find the objective, call it, send how it ended.

Forked by the fork server, so that everything heavy is imported already. `supervisor` has the other side.
"""

from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
import os
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

from hpotrial.objective import callbacks, environment
from hpotrial.objective.load import ObjectiveNotFoundError, find
from hpotrial.process import memory, seeds
from hpotrial.process.forks import call_callbacks, call_in_this_process
from hpotrial.process.trial_client import PipeClient, set_running
from hpotrial.process.trial_proxy import TrialProxy
from hpotrial.protocol.messages import ObjectiveLoaded, ObjectiveMissing, Task, TrialEnd


def run(connection: Connection[Any, Any], output: Connection[Any, Any] | None = None) -> None:
    """Run the task that the first message brings. `output` receives all that this process and its children print."""
    os.setsid()  # a process group of its own, so that all that the objective starts can be killed with it
    if output is not None:
        _redirect_output(output)
    _die_with_supervisor()
    memory.raise_oom_score()
    memory.limit(os.environ)
    _flush_every_line()
    _renew_seeds()
    _restore_start_method()
    try:
        task = connection.recv()
    except (EOFError, OSError):
        return  # no task came, because the standby was not used
    with contextlib.suppress(OSError):  # the supervisor is gone
        _run_task(connection, task)


def _run_task(connection: Connection[Any, Any], task: Task) -> None:
    if task.trial is None:
        connection.send(_load(task))
        return
    os.environ.update(environment.of_trial(task.trial.number, os.environ, task.trial.seed))
    if task.trial.seed is not None:
        seeds.set_seed(task.trial.seed)
    client = PipeClient(connection, task.trial)
    set_running(client)
    if not task.has_ended:
        client.send(_run_trial(client, task))
    if task.callbacks and client.wait_for_record():
        client.send(call_callbacks(client, task.callbacks, task.source_path))


def _load(task: Task) -> TrialEnd:
    try:
        find(task.objective, task.source_path)
        callbacks.check(task.callbacks, task.source_path)
    except ObjectiveNotFoundError as error:
        return ObjectiveMissing(str(error), error.is_import)
    preload = sys.modules.get("hpotrial.process.preload")
    return ObjectiveLoaded(preload.generators.notes() if preload is not None else ())


def _run_trial(client: PipeClient, task: Task) -> TrialEnd:
    try:
        objective = find(task.objective, task.source_path)
    except ObjectiveNotFoundError as error:
        return ObjectiveMissing(str(error), error.is_import)
    return call_in_this_process(objective, TrialProxy(client), retry_on=task.retry_on)


def _redirect_output(output: Connection[Any, Any]) -> None:
    for descriptor in (1, 2):
        os.dup2(output.fileno(), descriptor)
    output.close()


def _die_with_supervisor() -> None:
    """Have the kernel kill this process group when the supervisor dies for any reason.

    An orphan would continue to train on a GPU that now belongs to another pod. A thread could watch as well, but a
    process with a thread cannot fork safely, and objectives fork.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    with contextlib.suppress(OSError, AttributeError):  # not every sandbox supports it
        pipe = parent.sentinel
        fcntl.fcntl(pipe, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)


def _flush_every_line() -> None:
    """Flush every line, so that a pod's log shows it at once and keeps it when the process is killed."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # the user's code replaced the stream
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _renew_seeds() -> None:
    preload = sys.modules.get("hpotrial.process.preload")  # absent when the fork server could not import it
    if preload is None:
        seeds.renew(was_seeded=False)
    else:
        seeds.renew(preload.is_seeded_by_user, preload.generators)


def _restore_start_method() -> None:
    """Give the objective Python's default start method, or its module's choice, instead of that of this process.

    Otherwise its pools and data loaders would start fresh processes, which have no globals, local functions or trial of
    the objective, and `multiprocessing.set_start_method` would be refused.
    """
    preload = sys.modules.get("hpotrial.process.preload")
    multiprocessing.set_start_method(preload.start_method if preload is not None else None, force=True)
