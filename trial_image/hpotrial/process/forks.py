"""End a process that the objective forked, and that returns from the objective as well.

Plain `os.fork()` lets the objective's code go on in two processes. Only the first one may say how the trial ended.
`child` and `inline_trial` call it after the objective.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

from hpotrial.objective.invoke import call
from hpotrial.protocol.messages import Returned, TrialEnd


def call_in_this_process(*arguments: Any, **keywords: Any) -> TrialEnd:
    """Call the objective and return how it ended, in the process that calls; exit in any other."""
    pid = os.getpid()
    end: TrialEnd | None = None
    try:
        end = call(*arguments, **keywords)
        return end
    finally:
        if os.getpid() != pid:
            _exit(0 if isinstance(end, Returned) else 1)


def _exit(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(code)
