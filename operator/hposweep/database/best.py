"""The best of a study: the trial, each objective's value, the size of the front. Called by `study`.

Read only when the counts have moved: what is complete does not change any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hposweep.database import statements as sql
from hposweep.model.front import front_size
from hposweep.model.trials import Best, BestObjectiveValue, BestTrial, Counts
from hpotrial.protocol import trial_rows

Rows = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]


class BestReader:
    """Of the studies of one database; keeps its last answer for each."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        # By study and directions: a sweep that is compared with it may mean others than its own sweep does.
        self._known: dict[tuple[int, tuple[bool, ...]], tuple[int, Best]] = {}

    def read(self, study_id: int, counts: Counts, maximized: Sequence[bool]) -> Best:
        key = (study_id, tuple(maximized))
        known = self._known.get(key)
        if known is None or known[0] != counts.complete:
            read = self._one if len(maximized) == 1 else self._several
            self._known[key] = known = (counts.complete, read(study_id, maximized))
        return known[1]

    def forget(self, study_id: int) -> None:
        for key in [key for key in self._known if key[0] == study_id]:
            del self._known[key]

    def _one(self, study_id: int, maximized: Sequence[bool]) -> Best:
        statement = sql.BEST_OF_MAXIMIZED if maximized[0] else sql.BEST_OF_MINIMIZED
        found = self._rows(statement, {"study_id": study_id})
        if not found:
            return Best()
        trial_id, number, value, completed = found[0]
        trial = BestTrial(number, (value,), self._params(trial_id), _aware(completed))
        return Best(trial, (BestObjectiveValue(number, value),))

    def _several(self, study_id: int, maximized: Sequence[bool]) -> Best:
        """A representative for the front: the best by the first objective, by the second among equals, and so on."""
        signs = [-1.0 if is_maximized else 1.0 for is_maximized in maximized]
        rows = self._rows(sql.ALL_VALUES, {"study_id": study_id})
        if not rows:
            return Best()
        whole = [row for row in rows if None not in row[3] and len(row[3]) == len(signs)]
        by_objective = tuple(
            _best_value(((number, values[place]) for _, number, _, values in rows if len(values) > place), sign)
            for place, sign in enumerate(signs)
        )
        if not whole:
            return Best(None, by_objective)
        trial_id, number, completed, values = min(
            whole, key=lambda row: ([sign * value for sign, value in zip(signs, row[3], strict=True)], row[1])
        )
        front = front_size([row[3] for row in whole], maximized)
        return Best(
            BestTrial(number, tuple(values), self._params(trial_id), _aware(completed), front=front), by_objective
        )

    def _params(self, trial_id: int) -> dict[str, Any]:
        return trial_rows.read_parameters(self._rows(sql.PARAMETERS, {"trial_id": trial_id}))


def _best_value(numbered: Any, sign: float) -> BestObjectiveValue | None:
    finite = [(sign * value, number, value) for number, value in numbered if value is not None]
    if not finite:
        return None
    _, number, value = min(finite)
    return BestObjectiveValue(number, value)


def _aware(completed: datetime | None) -> datetime | None:
    return completed.replace(tzinfo=UTC) if completed else None
