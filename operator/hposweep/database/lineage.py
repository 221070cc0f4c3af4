"""Notice that a connection leads to another state of the database than the one before. Called by `study`.

A server that was restored, promoted or replaced ends all connections first, so that one statement for each new
connection is enough. What was read before may then be of trials that do not exist.
"""

from __future__ import annotations

from hposweep.database.connection import Session
from hposweep.database.statements import LINEAGE


class Lineage:
    """The start of the server and the number of the database, as the last connection had them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connections = 0
        self._identity: tuple[object, ...] = ()

    def has_changed(self) -> bool:
        """Return whether it is another one since the last call, which costs one statement per connection. Blocks."""
        if self._session.connections == self._connections:
            return False
        (identity,) = self._session.run(LINEAGE)
        has_changed = self._identity not in ((), identity)
        self._connections, self._identity = self._session.connections, identity
        return has_changed
