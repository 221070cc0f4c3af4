"""Share one `Studies` per database among all of its sweeps, so that the operator uses one connection to each."""

from __future__ import annotations

from collections.abc import Callable

from hposweep.database.connection import Monitor
from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies


class Databases:
    """The databases of all sweeps: opened on first use, kept until the operator exits."""

    def __init__(self, count_error: Callable[[str], None], monitor: Monitor = lambda *_: None) -> None:
        self.count_error, self._monitor = count_error, monitor
        self._studies: dict[Dsn, Studies] = {}

    def open(self, dsn: Dsn) -> Studies:
        if dsn not in self._studies:
            self._studies[dsn] = Studies(dsn, self._monitor)
        return self._studies[dsn]

    def close(self) -> None:
        for studies in self._studies.values():
            studies.close()
        self._studies.clear()
