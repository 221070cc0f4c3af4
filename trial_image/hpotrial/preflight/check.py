"""A check, its result, and the context that the kinds build their checks from. Used by all modules of this package."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hpotrial.protocol.config import WorkerConfig
from hpotrial.protocol.preflight import FAILED, PASSED, WARNING

FIELD = "spec.preflight"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How a check ended. The sentence says what is wrong and what to do; it is empty when the check passed."""

    outcome: str
    sentence: str = ""
    value: str = ""
    threshold: str = ""


def success(value: str = "", threshold: str = "") -> CheckResult:
    return CheckResult(PASSED, "", value, threshold)


def caution(sentence: str, value: str = "", threshold: str = "") -> CheckResult:
    return CheckResult(WARNING, sentence, value, threshold)


def failure(sentence: str, value: str = "", threshold: str = "") -> CheckResult:
    return CheckResult(FAILED, sentence, value, threshold)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time that a check has left. A check that reads much looks at it, so that it can say how far it came."""

    seconds: float
    end: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(seconds, time.monotonic() + seconds)

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.end


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `kind` and `name` identify its finding; `field` is the field of the spec that it is about."""

    kind: str
    name: str
    field: str
    run: Callable[[Deadline], CheckResult]


@dataclass(frozen=True, slots=True)
class CheckContext:
    """The block `spec.preflight` as it is written, the worker's configuration, and the pod's environment.

    `uri` is the database's URL, which stands in no environment of a check.
    """

    block: Mapping[str, Any]
    config: WorkerConfig
    environ: Mapping[str, str]
    uri: str = ""

    def entries(self, name: str) -> Iterator[tuple[str, Any]]:
        """Yield the entries of a list of the block, each with its field."""
        for position, entry in enumerate(self.block.get(name) or ()):
            yield f"{FIELD}.{name}[{position}]", entry


@dataclass(frozen=True, slots=True)
class CheckKind:
    """A kind of check: its word in findings, and the checks of it that a context asks for."""

    name: str
    checks: Callable[[CheckContext], Iterator[Check]]
