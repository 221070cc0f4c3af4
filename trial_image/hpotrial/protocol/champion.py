"""The mark of a champion: a configuration of the search that is trained again, once for each seed.

The operator writes it to the trial attribute `protocol.CHAMPION`; the worker gives its seed to the objective.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

KEY, RANK, SEED, TRIAL, VALUE = "key", "rank", "seed", "trial", "value"
FIRST_SEED = 1_000_000  # the seeds of the search are the numbers of its trials, and a champion must not repeat one
MAX_SEED = 2**32  # NumPy accepts smaller ones only


@dataclass(frozen=True, slots=True)
class ChampionMark:
    """The attribute of a champion's trial. Retries after a lost worker keep it.

    `key`: uid of the sweep. `rank`: 1 for the best trial of the search. `trial` and `value`: its number and its value
    in the search.
    """

    key: str
    rank: int
    seed: int
    trial: int
    value: float

    @classmethod
    def from_json(cls, mark: Any) -> Self | None:
        """Read the attribute's JSON; None when it is no mark, as in a study that others write to."""
        if not isinstance(mark, Mapping):
            return None
        key, value = mark.get(KEY), mark.get(VALUE)
        numbers = [mark.get(name) for name in (RANK, SEED, TRIAL)]
        whole = [entry for entry in numbers if isinstance(entry, int) and not isinstance(entry, bool) and entry >= 0]
        if len(whole) < len(numbers) or not isinstance(key, str):
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or whole[1] >= MAX_SEED:
            return None
        rank, seed, trial = whole
        return cls(key, rank, seed, trial, float(value))

    def to_json(self) -> dict[str, Any]:
        return {KEY: self.key, RANK: self.rank, SEED: self.seed, TRIAL: self.trial, VALUE: self.value}
