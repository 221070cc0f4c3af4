"""A study as any program may have written it: all that `analysis` works on. Made by `database.study_reader`."""

from __future__ import annotations

from dataclasses import dataclass, field

from hposweep.model.history import History


@dataclass(frozen=True, slots=True)
class StoredStudy:
    """One study with its trials. `total` is more than the trials of `history` when only the first ones were read."""

    name: str
    directions: tuple[str, ...]  # Optuna's words: MINIMIZE, MAXIMIZE
    history: History
    total: int = 0
    metrics: tuple[str, ...] = ()  # names of the objectives, when the study has them
    place: str = ""  # without credentials
    notes: tuple[str, ...] = field(default_factory=tuple)  # what could not be read
