"""Which studies have moved? One small query per database and tick, for all of its sweeps, and none for the others.

Trials have no watch as Kubernetes objects have; this is the substitute. `reconcile` registers what it looks at,
`context` runs the loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from hposweep.database.connection import StorageError
from hposweep.database.study import Studies
from hposweep.model.trials import Counts, Study
from hposweep.wakeups import Key

_log = logging.getLogger(__name__)


class Progress:
    """The studies under watch, with the counts that their sweeps saw last."""

    def __init__(self, count_error: Callable[[str], None], wake: Callable[[Key], None]) -> None:
        self._count_error, self._wake = count_error, wake
        self._watched: dict[Studies, dict[Key, tuple[int, Counts]]] = {}
        self._lost: set[Studies] = set()

    def watch(self, key: Key, studies: Studies, study: Study) -> None:
        for other, watched in self._watched.items():
            if key in watched and (other is not studies or watched[key][0] != study.id):
                _forget(key, other, watched)
        self._watched.setdefault(studies, {})[key] = (study.id, study.counts)

    def forget(self, key: Key) -> None:
        """Its study's trials are dropped from memory as well."""
        for studies, watched in self._watched.items():
            _forget(key, studies, watched)

    async def run(self, poll_seconds: float) -> None:
        """For ever: look at each database, wake the sweeps whose studies moved, sleep.

        Each look is a task of its own: a database that does not answer keeps no other one waiting, and a look that
        fails in an unforeseen way ends nothing but itself.
        """
        looks: dict[Studies, asyncio.Task[None]] = {}
        try:
            while True:
                for studies in tuple(self._watched):
                    if studies not in looks or looks[studies].done():
                        looks[studies] = asyncio.create_task(self._look(studies))
                        looks[studies].add_done_callback(_log_failure)
                await asyncio.sleep(poll_seconds)
        finally:
            for look in looks.values():
                look.cancel()

    async def _look(self, studies: Studies) -> None:
        watched = dict(self._watched[studies])
        if not watched:
            return
        ids = {study_id for study_id, _ in watched.values()}
        try:
            found = await asyncio.to_thread(studies.counts, ids)
        except StorageError as error:
            self._count_error(error.reason)
            if studies not in self._lost:
                self._lost.add(studies)
                self._wake_all(watched)  # they say so in their status; once is enough
            return
        if studies in self._lost:
            self._lost.discard(studies)
            self._wake_all(watched)
        self._wake_all(key for key, (study_id, seen) in watched.items() if found.get(study_id, Counts()) != seen)

    def _wake_all(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self._wake(key)


def _forget(key: Key, studies: Studies, watched: dict[Key, tuple[int, Counts]]) -> None:
    if key in watched:
        study_id, _ = watched.pop(key)
        studies.forget(study_id)


def _log_failure(look: asyncio.Task[None]) -> None:
    if not look.cancelled() and look.exception() is not None:
        _log.error("polling a database failed by a bug of the operator", exc_info=look.exception())
