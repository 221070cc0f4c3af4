"""Wake the sweeps whose studies changed: one small query per database and tick, for all of its sweeps.

Trials have no watch as Kubernetes objects have; this is the substitute. `reconcile` registers each study that it reads,
`context` runs the loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from hposweep.database.errors import StorageError
from hposweep.database.study import Studies
from hposweep.model.trials import Counts, Study
from hposweep.wakeups import Key

_log = logging.getLogger(__name__)


class Progress:
    """The studies under watch, by database and sweep, with the counts that the sweep's latest pass read."""

    def __init__(self, count_error: Callable[[str], None], wake: Callable[[Key], None]) -> None:
        self._count_error, self._wake = count_error, wake
        self._watches: dict[Studies, dict[Key, tuple[int, Counts]]] = {}
        self._unreachable: set[Studies] = set()

    def watch(self, key: Key, studies: Studies, study: Study) -> None:
        for other, watches in tuple(self._watches.items()):
            if key in watches and (other is not studies or watches[key][0] != study.id):
                self._end(key, other, watches)
        self._watches.setdefault(studies, {})[key] = (study.id, study.counts)

    def forget(self, key: Key) -> None:
        """Stop watching a sweep's study, and drop its trials from memory."""
        for studies, watches in tuple(self._watches.items()):
            self._end(key, studies, watches)

    async def run(self, poll_seconds: float) -> None:
        """Poll each database forever, and wake the sweeps whose studies changed.

        Each poll is a task of its own, so that an unreachable database delays no other one, and a poll that fails by a
        bug ends nothing but itself.
        """
        polls: dict[Studies, asyncio.Task[None]] = {}
        try:
            while True:
                for studies in tuple(self._watches):
                    if studies not in polls or polls[studies].done():
                        polls[studies] = asyncio.create_task(self._poll(studies))
                        polls[studies].add_done_callback(_log_failure)
                await asyncio.sleep(poll_seconds)
        finally:
            for poll in polls.values():
                poll.cancel()

    async def _poll(self, studies: Studies) -> None:
        watches = dict(self._watches.get(studies, {}))
        if not watches:
            return
        ids = {study_id for study_id, _ in watches.values()}
        try:
            counts = await studies.lane.run(studies.counts, ids)
        except StorageError as error:
            self._count_error(error.reason)
            if studies not in self._unreachable:
                self._unreachable.add(studies)
                self._wake_all(watches)  # once, so that their statuses say so
            return
        if studies in self._unreachable:
            self._unreachable.discard(studies)
            self._wake_all(watches)
        self._wake_all(key for key, (study_id, before) in watches.items() if counts.get(study_id, Counts()) != before)

    def _end(self, key: Key, studies: Studies, watches: dict[Key, tuple[int, Counts]]) -> None:
        if key in watches:
            study_id, _ = watches.pop(key)
            studies.forget(study_id)
        if not watches:
            self._watches.pop(studies, None)
            self._unreachable.discard(studies)

    def _wake_all(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self._wake(key)


def _log_failure(poll: asyncio.Task[None]) -> None:
    if not poll.cancelled() and poll.exception() is not None:
        _log.error("polling a database failed by a bug of the operator", exc_info=poll.exception())
