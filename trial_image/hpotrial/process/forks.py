"""Call the user's code, and end a process that it forked and that returns from it as well.

Plain `os.fork()` lets the code go on in two processes. Only the first one may say how the trial ended. `child` and
`inline_trial` call the objective and the callbacks here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from hpotrial.objective import callbacks
from hpotrial.objective.invoke import call
from hpotrial.process.study_proxy import StudyProxy
from hpotrial.process.trial_client import Client
from hpotrial.protocol.messages import CallbacksCalled, Returned, TrialEnd


def call_in_this_process(*arguments: Any, **keywords: Any) -> TrialEnd:
    """Call the objective and return how it ended, in the process that calls; exit in any other."""
    pid = os.getpid()
    end: TrialEnd | None = None
    try:
        end = call(*arguments, **keywords)
        return end
    finally:
        _leave_fork(pid, 0 if isinstance(end, Returned) else 1)


def call_callbacks(client: Client, references: Sequence[str], source_path: str | None) -> CallbacksCalled:
    """Call the callbacks with the study and the finished trial, and return what failed."""
    pid = os.getpid()
    study = StudyProxy(client)
    trial = study._storage.get_trial(client.facts.trial_id)
    errors = tuple(callbacks.call_all(references, source_path, study, trial))
    _leave_fork(pid, 1 if errors else 0)
    return CallbacksCalled(errors)


def _leave_fork(pid: int, code: int) -> None:
    """Exit when this is another process."""
    if os.getpid() == pid:
        return
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(code)
