"""Read a study's best trial, the best value of each objective and the size of the front. Called by `study`.

The reader asks the database only when the number of complete trials changes, because a complete trial never does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hposweep.api.space import choice
from hposweep.database import statements as sql
from hposweep.model.front import front_size
from hposweep.model.trials import Best, BestObjectiveValue, BestTrial, Counts
from hpotrial.protocol import trial_rows

Rows = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]


class BestReader:
    """Reads the studies of one database and caches the last answer for each."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        # By study and directions, because a sweep that uses the study as its baseline may have other directions.
        self._cache: dict[tuple[int, tuple[bool, ...]], tuple[int, Best]] = {}

    def read(self, study_id: int, counts: Counts, maximize: Sequence[bool]) -> Best:
        key = (study_id, tuple(maximize))
        complete, best = self._cache.get(key, (None, Best()))
        if complete != counts.complete:
            best = (self._single if len(maximize) == 1 else self._multiple)(study_id, maximize)
            self._cache[key] = (counts.complete, best)
        return best

    def forget(self, study_id: int) -> None:
        for key in [key for key in self._cache if key[0] == study_id]:
            del self._cache[key]

    def clear(self) -> None:
        """Ask again, because the database is in another state."""
        self._cache.clear()

    def _single(self, study_id: int, maximize: Sequence[bool]) -> Best:
        statement = sql.BEST_OF_MAXIMIZED if maximize[0] else sql.BEST_OF_MINIMIZED
        rows = self._rows(statement, {"study_id": study_id})
        if not rows:
            return Best()
        trial_id, number, value, completed = rows[0]
        trial = BestTrial(number, (value,), self._params(trial_id), _with_utc(completed))
        return Best(trial, (BestObjectiveValue(number, value),))

    def _multiple(self, study_id: int, maximize: Sequence[bool]) -> Best:
        """Represent the front by its best trial in the first objective, among equals in the second, and so on."""
        signs = [-1.0 if is_maximized else 1.0 for is_maximized in maximize]
        rows = self._rows(sql.ALL_VALUES, {"study_id": study_id})
        if not rows:
            return Best()
        complete_rows = [row for row in rows if None not in row[3] and len(row[3]) == len(signs)]
        by_objective = tuple(
            _best_value(((number, values[index]) for _, number, _, values in rows if len(values) > index), sign)
            for index, sign in enumerate(signs)
        )
        if not complete_rows:
            return Best(None, by_objective)
        trial_id, number, completed, values = min(
            complete_rows, key=lambda row: ([sign * value for sign, value in zip(signs, row[3], strict=True)], row[1])
        )
        front = front_size([row[3] for row in complete_rows], maximize)
        return Best(
            BestTrial(number, tuple(values), self._params(trial_id), _with_utc(completed), front=front), by_objective
        )

    def _params(self, trial_id: int) -> dict[str, Any]:
        params = trial_rows.read_parameters(self._rows(sql.PARAMETERS, {"trial_id": trial_id}))
        return {name: choice(value) for name, value in params.items()}


def _best_value(values: Any, sign: float) -> BestObjectiveValue | None:
    finite = [(sign * value, number, value) for number, value in values if value is not None]
    if not finite:
        return None
    _, number, value = min(finite)
    return BestObjectiveValue(number, value)


def _with_utc(completed: datetime | None) -> datetime | None:
    return completed.replace(tzinfo=UTC) if completed else None
