"""The next trial's process, forked while the current trial works, because a fork with torch in memory takes time.

It waits until `worker` takes it for the next trial. It has run no trial, so it is as fresh as one that is forked then.
"""

from __future__ import annotations

from contextlib import suppress

from hpotrial.process.output import Output
from hpotrial.process.supervisor import TrialProcess
from hpotrial.protocol.messages import Task


class Standby:
    """At most one waiting process."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._process: TrialProcess | None = None

    def prepare(self) -> None:
        """Fork it if there is none. Called when the current trial is idle, so that the fork delays no call."""
        if self._process is None:
            with suppress(OSError):  # the next trial reports the error
                self._process = TrialProcess(None, self._output)

    def take(self, task: Task) -> TrialProcess:
        """Return the waiting process with the task, or a new one. Raises OSError when none can be started."""
        process, self._process = self._process, None
        if process is not None and process.is_alive:
            process.begin(task)
            return process
        if process is not None:
            process.end(grace_seconds=0)
        return TrialProcess(task, self._output)

    def end(self) -> None:
        """Kill the waiting process."""
        if self._process is not None:
            self._process.end(grace_seconds=0)
            self._process = None
