"""All findings of one document: those of the schema, of the linter, and criteria that HPOSweep does not have.

Called by `command` and `cli.judge`. The linter also checks what the schema rejects, as far as it can be read, so that
people fix a file once.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hposweep.cli.gpu_weights import gpu_weights
from hposweep.cli.validate.criteria import UnknownCriterion, unknown_criteria
from hposweep.cli.validate.reading import read
from hposweep.judge import linter
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding, Severity
from hposweep.schema.check import check
from hposweep.schema.path import format_path

_MISSING = "Required value"
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_UNKNOWN_FIELD = re.compile(r'unknown field "(?P<field>[^"]+)"; the allowed fields are (?P<allowed>.*)')
_QUOTED_FIELD = re.compile(r"`(?P<field>[\w.<>\[\]]+)` ")


def findings(body: Mapping[str, Any]) -> tuple[ContractFinding, ...]:
    """Return errors first; within a severity in the order of the checks."""
    checked = check(body)
    unknown = tuple(unknown_criteria(body))
    faults = tuple(_split(fault) for fault in checked.faults)
    reading = read(checked.document, {path for path, _ in faults})
    all_linter_findings = linter.findings(reading.spec, gpu_weights())
    linter_findings = tuple(finding for finding in all_linter_findings if reading.has_values(finding.fields))
    explained_fields = {finding.fields[0] for finding in linter_findings}
    unsorted = (
        *(
            _schema_finding(path, sentence)
            for path, sentence in faults
            if not (_is_about(path, sentence, unknown) or (sentence == _MISSING and path in explained_fields))
        ),
        *(_schema_finding(path, "must be a finite number") for path in _not_finite(body, ())),
        *(criterion.finding for criterion in unknown),
        *linter_findings,
    )
    return tuple(sorted(unsorted, key=lambda finding: _ORDER.index(finding.severity)))


def _split(fault: str) -> tuple[str, str]:
    path, _, sentence = fault.partition(": ")
    return path, sentence


def _schema_finding(path: str, sentence: str) -> ContractFinding:
    """Word a fault of the schema so that it names its field once."""
    unknown = _UNKNOWN_FIELD.fullmatch(sentence)
    if unknown is not None:
        return _unknown_field(unknown["field"], unknown["allowed"])
    quoted_field = _QUOTED_FIELD.match(sentence)  # most rules of the CRD begin with their field, without its position
    if quoted_field is None:
        return _error(path, f"`{path}`: {sentence}")
    if not path.startswith(("spec", "metadata")):
        return _error(quoted_field["field"], sentence)
    if _last_name(quoted_field["field"]) == _last_name(path):
        return _error(path, f"`{path}` {sentence[quoted_field.end() :]}")
    return _error(path, sentence)


def _last_name(path: str) -> str:
    return re.sub(r"\[\d*\]$", "", path).rpartition(".")[2]


def _unknown_field(field: str, allowed: str) -> ContractFinding:
    similar = difflib.get_close_matches(field.rpartition(".")[2], allowed.split(", "), n=1)
    advice = f"; did you mean `{similar[0]}`?" if similar else f" (allowed here: {allowed})"
    return _error(field, f"`{field}`: unknown field{advice}", f"The fields allowed here are {allowed}.")


def _error(field: str, message: str, detail: str = "") -> ContractFinding:
    return ContractFinding(LinterRule.SCHEMA.value, Severity.ERROR, (field,), message, detail=detail)


def _is_about(path: str, sentence: str, unknown: tuple[UnknownCriterion, ...]) -> bool:
    """Whether the schema only repeats that a criterion is unknown: as a field, or as a missing known criterion."""
    return any(
        path == criterion.path and (sentence.startswith("unknown field") or not criterion.has_another)
        for criterion in unknown
    )


def _not_finite(value: Any, path: tuple[str | int, ...]) -> Iterator[str]:
    """Yield paths of infinities and NaN: YAML can write them, JSON and so the API cannot."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _not_finite(item, (*path, str(name)))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _not_finite(item, (*path, position))
    elif isinstance(value, float) and not math.isfinite(value):
        yield format_path(path)
