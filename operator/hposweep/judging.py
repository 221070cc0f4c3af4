"""Judge a sweep: a large one beside the event loop, with a deadline. Called by `reconcile`, once or twice in a pass.

A judgement is pure Python over values in memory, so that another thread can run it while the loop serves other sweeps.
Its deadline counts the CPU time of that thread: a slow machine or busy neighbours cost no sweep its judgement.
"""

from __future__ import annotations

import asyncio
import contextvars
import ctypes
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.judge.linter.sizes import judgement_size
from hposweep.model.observation import Observation
from hposweep.model.verdicts import Verdicts
from hposweep.slots import lent
from hposweep.wakeups import Key

LARGE_SIZE = 10_000  # of `judgement_size`: some 20 ms; a thread costs less than one
CPU_SECONDS = 10.0  # 100,000 trials and a checklist of twelve criteria take 3 s
_MAX_THREADS = 4  # each delays the event loop by at most one interval of the interpreter's lock, 5 ms
_CHECK_SECONDS = 0.05
_MAX_PAUSE_SECONDS = 300.0
_INTERRUPTIONS = 20


class OverdueError(Exception):
    """A judgement took more CPU time than it may."""

    def __init__(self, seconds: float, trials: int) -> None:
        super().__init__(f"judging {trials:,} trials took more than {seconds:g} s of CPU time")
        self.seconds, self.trials = seconds, trials


class Judging:
    """The judgements of one process.

    A sweep whose judgement was overdue is judged again after a pause, which doubles, or when its spec has changed.
    """

    def __init__(self, cpu_seconds: float = CPU_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._cpu_seconds, self._clock = cpu_seconds, clock
        self._threads = asyncio.Semaphore(_MAX_THREADS)
        self._overdue: dict[Key, _Overdue] = {}

    async def judge(self, sweep: Sweep, observation: Observation) -> Verdicts:
        """Return all verdicts. Raises OverdueError."""
        trials = len(observation.history.trials) if observation.history is not None else 0
        if judgement_size(sweep.spec, trials) < LARGE_SIZE:
            return judge(sweep, observation)
        key = (sweep.namespace, sweep.name)
        before = self._overdue.get(key)
        if before is not None and before.keeps_out(sweep, self._clock()):
            raise OverdueError(self._cpu_seconds, trials)
        async with lent(), self._threads:
            judgement = _Judgement(judge, sweep, observation)
            try:
                verdicts: Verdicts = await judgement.result(self._cpu_seconds)
            except TimeoutError:
                pause = min(2 * before.pause_seconds, _MAX_PAUSE_SECONDS) if before is not None else self._cpu_seconds
                self._overdue[key] = _Overdue(judgement, sweep.generation, pause, self._clock() + pause)
                raise OverdueError(self._cpu_seconds, trials) from None
        self.forget(*key)
        return verdicts

    def forget(self, namespace: str, name: str) -> None:
        self._overdue.pop((namespace, name), None)


@dataclass(frozen=True, slots=True)
class _Overdue:
    """The last judgement of a sweep, which was ended, and when there may be another one."""

    judgement: _Judgement
    generation: int
    pause_seconds: float
    until: float

    def keeps_out(self, sweep: Sweep, now: float) -> bool:
        """Return whether the sweep has to wait; a thread that could not be ended makes it wait longer."""
        is_early = now < self.until and sweep.generation == self.generation
        return is_early or self.judgement.is_alive()


class _Judgement(threading.Thread):
    """One call of a function, in a thread that an exception ends at any line of it."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        super().__init__(name="judgement", daemon=True)
        self._call = (contextvars.copy_context().run, function, *arguments)  # the fields of log lines
        self._outcome: Future[Any] = Future()
        self._outcome.set_running_or_notify_cancel()
        self._clock: int | None = None
        self._lock = threading.Lock()
        self._is_over = False  # no exception may reach the thread from now on

    def run(self) -> None:
        result, error = None, None
        with suppress(SystemExit):
            self._clock = time.pthread_getcpuclockid(threading.get_ident())
            function, *arguments = self._call
            try:
                result = function(*arguments)
            except Exception as raised:
                error = raised
            with self._lock:
                self._is_over = True
        if error is not None:
            self._outcome.set_exception(error)
        elif self._is_over:
            self._outcome.set_result(result)

    async def result(self, cpu_seconds: float) -> Any:
        """Start the thread and return what the function returns. Raises TimeoutError, and the errors of the function.

        The thread has ended afterwards, unless it is in a call that takes no exception.
        """
        outcome = asyncio.wrap_future(self._outcome)
        self.start()
        try:
            while not outcome.done():
                await asyncio.wait({outcome}, timeout=_CHECK_SECONDS)
                if not outcome.done() and self._used_seconds() > cpu_seconds:
                    raise TimeoutError
            return outcome.result()
        finally:  # also when the pass is cancelled
            if not outcome.done():
                outcome.cancel()
                await self._end()

    def _used_seconds(self) -> float:
        if self._clock is None:
            return 0.0
        with suppress(OSError):  # it has ended
            return time.clock_gettime(self._clock)
        return 0.0

    async def _end(self) -> None:
        for _ in range(_INTERRUPTIONS):
            with self._lock:
                if not self._is_over:
                    thread, exception = ctypes.c_ulong(self.ident or 0), ctypes.py_object(SystemExit)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, exception)
            await asyncio.sleep(_CHECK_SECONDS)
            if not self.is_alive():
                return
