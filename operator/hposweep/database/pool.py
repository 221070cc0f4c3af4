"""One `Studies` per database, shared by all of its sweeps: the operator's part of the connection budget is one each."""

from __future__ import annotations

from collections.abc import Callable

from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies


class Databases:
    """Opened on first use, kept until the operator ends."""

    def __init__(self, count_error: Callable[[str], None]) -> None:
        self.count_error = count_error
        self._studies: dict[Dsn, Studies] = {}

    def open(self, dsn: Dsn) -> Studies:
        if dsn not in self._studies:
            self._studies[dsn] = Studies(dsn)
        return self._studies[dsn]

    def close(self) -> None:
        for studies in self._studies.values():
            studies.close()
        self._studies.clear()
