"""Run all work on one database in a thread of its own, so that one that does not answer delays no other.

`study.Studies` has one; `observe` and `apply` call it. A pass gives its slot back meanwhile. When a connection is lost,
all calls that waited for it fail at once with the same error, instead of each waiting for its own.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from hposweep.database.errors import StorageError
from hposweep.slots import lent

T = TypeVar("T")


class Lane:
    """One thread, started when it is needed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._executor: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._loss: tuple[float, StorageError] | None = None

    async def run(self, function: Callable[..., T], *arguments: Any, **keywords: Any) -> T:
        """Call the function in the thread. Raises StorageError, also the one of a call that lost the connection."""
        start = self._clock()
        context = contextvars.copy_context()  # the fields of log lines
        async with lent():
            loop = asyncio.get_running_loop()
            call = self._submit(context.run, self._call, start, function, arguments, keywords)
            result: T = await asyncio.wrap_future(call, loop=loop)
            return result

    def close(self) -> None:
        """End the thread after the calls that it has. A pass that still runs may start another one."""
        with self._lock:
            if self._executor is not None:
                self._executor.shutdown(wait=False)
            self._executor = None

    def _submit(self, *call: Any) -> Future[Any]:
        with self._lock:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(1, thread_name_prefix="database")
            return self._executor.submit(*call)

    def _call(self, start: float, function: Callable[..., T], arguments: Any, keywords: Any) -> T:
        if self._loss is not None and start < self._loss[0]:
            raise StorageError(self._loss[1].reason, self._loss[1].message, is_loss=True)
        try:
            return function(*arguments, **keywords)
        except StorageError as error:
            if error.is_loss:
                self._loss = self._clock(), error
            raise
