"""What operator and preflight pod exchange: the configuration of the checks, and their results.

The operator writes the configuration into the variable `HPOSWEEP_PREFLIGHT` (`plan.environment`). The pod leaves its
results as its termination message, of which Kubernetes keeps 4096 bytes; its log has all of them in full.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from hpotrial import protocol

PASSED, WARNING, FAILED = "Passed", "Warning", "Failed"
WORST_FIRST = (FAILED, WARNING, PASSED)
MESSAGE_BYTES = 4096  # of a termination message; a kubelet cuts off the rest
# Of one finding, so that several fit. The log has all of it.
SENTENCE_CHARACTERS = 600
LIMITS = {"check": 32, "name": 200, "value": 120, "threshold": 120, "message": SENTENCE_CHARACTERS}  # characters
MAX_FINDINGS, MAX_OMITTED = 200, 10_000
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class PreflightConfig:
    """The block `spec.preflight` as it is written, and the JSON of the worker's configuration (`protocol.config`)."""

    preflight: Mapping[str, Any]
    work: str

    def to_json(self) -> str:
        return json.dumps({"preflight": self.preflight, "work": self.work})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read the variable. Raises ValueError."""
        try:
            block = json.loads(text)
            return cls(dict(block["preflight"]), str(block["work"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{protocol.PREFLIGHT_ENV}: holds no configuration ({error!r})") from error


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `check` is its kind, `name` its subject: a module, a path, a command."""

    check: str
    name: str
    outcome: str
    message: str = ""  # one sentence that begins with the field; "" when it passed
    value: str = ""
    threshold: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the fields that have a value, each within its limit."""
        texts = {name: _cut(getattr(self, name), limit) for name, limit in LIMITS.items()}
        return {"outcome": self.outcome, **{name: text for name, text in texts.items() if text}}

    @classmethod
    def from_json(cls, block: Mapping[str, Any]) -> Self:
        """Read one finding, cut to its limits because a user's program may have written it. Raises ValueError."""
        if block["outcome"] not in WORST_FIRST:
            raise ValueError(f"`{block['outcome']}` is no outcome of a check")
        texts = {name: _cut(str(block.get(name, "")), limit) for name, limit in LIMITS.items()}
        return cls(outcome=block["outcome"], **texts)


@dataclass(frozen=True, slots=True)
class PreflightResult:
    """The findings of one preflight pod, the worst first, and how many more there are by outcome."""

    findings: tuple[Finding, ...]
    omitted: Mapping[str, int] = field(default_factory=dict)

    def count(self, outcome: str) -> int:
        """Return how many checks ended so, those without a finding here included."""
        return sum(entry.outcome == outcome for entry in self.findings) + self.omitted.get(outcome, 0)

    @property
    def total(self) -> int:
        return len(self.findings) + sum(self.omitted.values())

    @classmethod
    def of(cls, findings: Sequence[Finding], max_bytes: int = MESSAGE_BYTES) -> Self:
        """Return as many of the worst findings as fit into a message, and count the others."""
        worst_first = sorted(findings, key=lambda entry: WORST_FIRST.index(entry.outcome))
        for number in range(len(worst_first), -1, -1):
            remainder = [entry.outcome for entry in worst_first[number:]]
            omitted = {outcome: remainder.count(outcome) for outcome in WORST_FIRST if outcome in remainder}
            result = cls(tuple(worst_first[:number]), omitted)
            if len(result.to_message().encode()) <= max_bytes:
                return result
        return cls((), {})

    def to_message(self) -> str:
        """Return compact JSON."""
        block: dict[str, Any] = {"findings": [entry.to_json() for entry in self.findings]}
        if self.omitted:
            block["omitted"] = dict(self.omitted)
        return json.dumps(block, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_message(cls, text: str) -> Self | None:
        """Read a termination message; None when it holds no results."""
        try:
            block = json.loads(text)
            findings = tuple(Finding.from_json(entry) for entry in block["findings"][:MAX_FINDINGS])
            counts = block.get("omitted") or {}
            omitted = {outcome: min(int(counts[outcome]), MAX_OMITTED) for outcome in WORST_FIRST if outcome in counts}
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            return None
        if any(number < 0 for number in omitted.values()):
            return None
        return cls(findings, omitted)


def _cut(text: str, characters: int) -> str:
    """Return the text without lone surrogates, which JSON in UTF-8 cannot hold, and not longer than that."""
    text = text.encode(errors="replace").decode()
    return text if len(text) <= characters else f"{text[: characters - 1]}{ELLIPSIS}"
