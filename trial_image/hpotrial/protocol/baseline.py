"""The baseline trial: the mark by which its worker and the operator know it, and the pod's configuration.

The operator writes the configuration to `protocol.BASELINE_ENV` and the mark to the trial attribute
`protocol.BASELINE`. The worker runs the trial with that key, and no other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from hpotrial import protocol

KEY, ATTEMPT, INPUT, REQUEST, WORK = "key", "attempt", "input", "request", "work"
COUNT, CORNER = "count", "corner"
HOST, HOST_LIMIT, GPU, GPU_LIMIT = "host", "hostLimit", "gpu", "gpuLimit"  # bytes, of `protocol.MEMORY`
# Bytes, of `protocol.DISK_WRITTEN`: written by the trial, in its folder of checkpoints, and free there afterwards.
WRITTEN, CHECKPOINT, FREE = "written", "checkpoint", "free"


@dataclass(frozen=True, slots=True)
class BaselineMark:
    """The attribute of a baseline trial. Retries after a lost worker keep it.

    `input`: a hash of what it tries. `request`: the last request to try again. `is_counted`: it counts against
    `spec.trials.max`; the operator raises the budget of the workers by one that does not. `corner`: the name of the
    extreme that it tries, empty for the baseline trial itself, which the worker runs first.
    """

    key: str
    attempt: int
    input: str
    request: str = ""
    is_counted: bool = True
    corner: str = ""

    @classmethod
    def from_json(cls, mark: Any) -> Self | None:
        """Read the attribute's JSON; None when it is no mark, as in a study that others write to."""
        if not isinstance(mark, Mapping):
            return None
        key, attempt, content = mark.get(KEY), mark.get(ATTEMPT), mark.get(INPUT)
        if isinstance(key, str) and isinstance(attempt, int) and isinstance(content, str):
            is_counted, corner = mark.get(COUNT) is not False, str(mark.get(CORNER, ""))
            return cls(key, attempt, content, str(mark.get(REQUEST, "")), is_counted, corner)
        return None

    def to_json(self) -> dict[str, Any]:
        mark = {KEY: self.key, ATTEMPT: self.attempt, INPUT: self.input, REQUEST: self.request}
        return {**mark, **({} if self.is_counted else {COUNT: False}), **({CORNER: self.corner} if self.corner else {})}


@dataclass(frozen=True, slots=True)
class BaselineConfig:
    """The key of the only trial that the worker runs, and the text of `protocol.WORK_ENV`."""

    key: str
    work: str

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read the variable's JSON. Raises ValueError."""
        try:
            block = json.loads(text)
            return cls(str(block[KEY]), str(block[WORK]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{protocol.BASELINE_ENV}: no configuration of a baseline trial ({error!r})") from error

    def to_json(self) -> str:
        return json.dumps({KEY: self.key, WORK: self.work})
