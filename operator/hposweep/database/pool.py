"""Share one `Studies` per database among all of its sweeps, so that the operator uses one connection to each."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hposweep.allowed_hosts import AllowedHosts
from hposweep.database.certificates import Certificates
from hposweep.database.connection import Monitor
from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hposweep.wakeups import Key


class Databases:
    """The databases of all sweeps: opened on first use, kept until the last sweep that uses it has ended.

    `forget` is called in a thread with the id of a database that no sweep uses any more.
    """

    def __init__(
        self,
        count_error: Callable[[str], None],
        monitor: Monitor = lambda *_: None,
        forget: Callable[[str], None] = lambda _: None,
        allowed: AllowedHosts | None = None,
    ) -> None:
        """Start without databases; `allowed`: the hosts that may be reached, None for any."""
        self.count_error, self._monitor, self._forget, self._allowed = count_error, monitor, forget, allowed
        self.certificates = Certificates()
        self._studies: dict[Dsn, Studies] = {}
        self._users: dict[Dsn, set[tuple[Key, str]]] = {}  # sweeps, and the field that names the database

    def open(self, dsn: Dsn, user: Key, field: str = "") -> Studies:
        """Return the studies of a database, which stay open until `release` is called for each user.

        A field has one database: after a rotation of credentials the earlier URL is closed with its last user.
        """
        for other in [other for other, users in self._users.items() if (user, field) in users and other != dsn]:
            self._leave(other, {(user, field)})
        if dsn not in self._studies:
            self._studies[dsn] = Studies(dsn, self._monitor, self._allowed)
        self._users.setdefault(dsn, set()).add((user, field))
        return self._studies[dsn]

    def release(self, user: Key) -> None:
        """Close the databases that only this sweep used. A thread waits for statements that run."""
        for dsn, users in tuple(self._users.items()):
            self._leave(dsn, {entry for entry in users if entry[0] == user})

    def close(self) -> None:
        for studies in self._studies.values():
            studies.close()
        self._studies.clear()
        self._users.clear()

    def _leave(self, dsn: Dsn, entries: set[tuple[Key, str]]) -> None:
        self._users[dsn] -= entries
        if not self._users[dsn]:
            del self._users[dsn]
            studies = self._studies.pop(dsn)
            threading.Thread(target=self._end, args=(studies,), name="close database", daemon=True).start()

    def _end(self, studies: Studies) -> None:
        studies.close()
        if all(dsn.database_id != studies.database_id for dsn in tuple(self._studies)):
            self._forget(studies.database_id)
