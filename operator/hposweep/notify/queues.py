"""Decides which namespace sends next. `notifier` sends.

Each namespace has one attempt at a time and a queue of its own, so that many sweeps of one tenant delay no other
tenant. A namespace whose servers answer late comes after those whose servers do not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container
from typing import Generic, TypeVar

MAX_QUEUED = 256  # of one namespace: as many as one sweep may have rows
MAX_LATE = 1024  # namespaces that are remembered as late

Item = TypeVar("Item")


class NamespaceQueues(Generic[Item]):
    """The attempts that wait, by namespace. A namespace is in `_queues` only while one waits."""

    def __init__(self, max_queued: int = MAX_QUEUED) -> None:
        self._max_queued = max_queued
        self._queues: dict[str, deque[Item]] = {}
        self._late: dict[str, int] = {}  # consecutive attempts of a namespace that took long

    def put(self, namespace: str, item: Item) -> Item | None:
        """Append an attempt. Returns the oldest one of the namespace when there are too many."""
        queue = self._queues.setdefault(namespace, deque())
        queue.append(item)
        return queue.popleft() if len(queue) > self._max_queued else None

    def remove(self, namespace: str, is_removed: Callable[[Item], bool]) -> None:
        self._replace(namespace, deque(item for item in self._queues.get(namespace, ()) if not is_removed(item)))

    def next(self, busy: Container[str]) -> str | None:
        """Return the namespace that is served next: the least late one; of equals the one that has waited longest."""
        waiting = (namespace for namespace in self._queues if namespace not in busy)
        return min(waiting, key=self.lateness, default=None)

    def take(self, namespace: str) -> Item:
        """Remove and return the oldest attempt of a namespace, which then waits behind the others."""
        queue = self._queues.pop(namespace)
        item = queue.popleft()
        self._replace(namespace, queue)
        return item

    def lateness(self, namespace: str) -> int:
        return self._late.get(namespace, 0)

    def record(self, namespace: str, *, is_late: bool) -> None:
        """Remember whether the attempt of a namespace took long."""
        lateness = self._late.pop(namespace, 0) + 1
        if is_late:
            self._late[namespace] = lateness
        if len(self._late) > MAX_LATE:
            del self._late[next(iter(self._late))]

    def clear(self) -> None:
        self._queues.clear()

    def _replace(self, namespace: str, queue: deque[Item]) -> None:
        if queue:
            self._queues[namespace] = queue
        else:
            self._queues.pop(namespace, None)
