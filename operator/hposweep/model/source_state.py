"""The state of the code that trials ran: its hash, its commit, its image. Used by `judge`, `plan` and `report`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from hposweep.model.history import WAITING, History, Trial
from hpotrial.protocol import CODE, COMMIT, IMAGE

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HASH = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class SourceState:
    """Each part is "" where it is unknown. `image` is a digest, never the name of a tag."""

    code: str = ""
    commit: str = ""
    image: str = ""

    @classmethod
    def of_trial(cls, trial: Trial) -> Self:
        """Read the attributes of a trial, of which a user may have written any."""
        return cls(*(_text(trial.attributes.get(key), pattern) for key, pattern in _KEYS))

    @classmethod
    def newest(cls, history: History | None) -> Self:
        """Return each part of the newest trial that has it."""
        if history is None:
            return cls()
        return history.remember("source state", lambda: cls._newest(history))

    @classmethod
    def of_json(cls, block: Any) -> Self:
        """Read the study's attribute, of which a user may have made anything."""
        values = block if isinstance(block, Mapping) else {}
        return cls(*(_text(values.get(name), pattern) for name, (_, pattern) in zip(_NAMES, _KEYS, strict=True)))

    @classmethod
    def _newest(cls, history: History) -> Self:
        parts = ["", "", ""]
        for trial in reversed(history.trials):
            if trial.state != WAITING:
                state = cls.of_trial(trial).parts
                parts = [part or other for part, other in zip(parts, state, strict=True)]
            if all(parts):
                break
        return cls(*parts)

    @property
    def parts(self) -> tuple[str, str, str]:
        return self.code, self.commit, self.image

    def to_json(self) -> dict[str, str]:
        """Return the JSON of the study's attribute, with the parts that are known."""
        return {name: part for name, part in zip(_NAMES, self.parts, strict=True) if part}


_NAMES = ("code", "commit", "image")
_KEYS = ((CODE, _HASH), (COMMIT, _HASH), (IMAGE, _DIGEST))


def _text(value: Any, pattern: re.Pattern[str]) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""
