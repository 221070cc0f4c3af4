"""Findings for people, and for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from hposweep.model.findings import ContractFinding, Severity

Found = Mapping[str, Sequence[ContractFinding]]  # by the name of the sweep

_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def is_valid(found: Found) -> bool:
    return not any(finding.severity is Severity.ERROR for of_one in found.values() for finding in of_one)


def as_text(found: Found) -> str:
    """A line for each finding, its sentence below, and at last how many there are."""
    blocks = []
    for name, of_one in found.items():
        if len(found) > 1:
            blocks.append(f"sweep {name}: {_count(of_one)}")
        width = max((len(finding.rule) for finding in of_one), default=0)
        blocks += [
            f"{finding.severity:<7}  {finding.rule:<{width}}  {', '.join(finding.fields)}\n    {finding.message}"
            f"{finding.detail and f' {finding.detail}'}"
            for finding in of_one
        ]
    whole = [finding for of_one in found.values() for finding in of_one]
    return "\n".join((*blocks, _count(whole))) + "\n"


def as_json(found: Found) -> str:
    """With the sweep's name in each finding when there are several sweeps."""
    several = len(found) > 1
    rows = [
        {**({"sweep": name} if several else {}), **_row(finding)}
        for name, of_one in found.items()
        for finding in of_one
    ]
    return json.dumps({"findings": rows, "valid": is_valid(found)}, indent=2, ensure_ascii=False) + "\n"


def _row(finding: ContractFinding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "fields": list(finding.fields),
        "message": finding.message,
        "detail": finding.detail,
        "numbers": {name: _plain(value) for name, value in finding.numbers.items()},
    }


def _plain(value: Any) -> Any:
    """JSON has no word for what is not finite."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _count(found: Sequence[ContractFinding]) -> str:
    counts = {word: sum(finding.severity is severity for finding in found) for severity, word in _WORDS.items()}
    said = (f"{count} {word}{'s' * (count > 1)}" for word, count in counts.items() if count)
    return ", ".join(said) or "no findings"
