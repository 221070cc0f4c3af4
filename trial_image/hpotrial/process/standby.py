"""The next trial's process, forked while the present trial works: with torch in it, a fork takes its time.

It stands ready and does nothing, until `worker` takes it for the next trial. No trial runs in it before, so it is as
fresh as one that was forked then.
"""

from __future__ import annotations

from contextlib import suppress

from hpotrial.process.output import Output
from hpotrial.process.supervisor import TrialProcess
from hpotrial.protocol.messages import Task


class Standby:
    """At most one process."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._process: TrialProcess | None = None

    def prepare(self) -> None:
        """Called when the present trial has been quiet for a moment: now a fork delays nobody."""
        if self._process is None:
            with suppress(OSError):  # the next trial will say it better
                self._process = TrialProcess(None, self._output)

    def take(self, task: Task) -> TrialProcess:
        """The one that stands ready, or a new one. Raises OSError when none can be started."""
        process, self._process = self._process, None
        if process is not None and process.is_alive:
            process.begin(task)
            return process
        if process is not None:
            process.end(grace_seconds=0)
        return TrialProcess(task, self._output)

    def end(self) -> None:
        if self._process is not None:
            self._process.end(grace_seconds=0)
            self._process = None
