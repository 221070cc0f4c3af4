"""All findings of one document: what the schema says, what the linter says, and criteria that nobody can measure.

The linter also looks at what the schema refuses, as far as it can be read: people mend a file once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from hposweep.cli.validate.criteria import UnknownCriterion, unknown_criteria
from hposweep.cli.validate.reading import read
from hposweep.judge import linter
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding, Severity
from hposweep.schema.check import check
from hposweep.schema.path import place

_MISSING = "Required value"  # the linter knows what follows from it
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def findings(body: Mapping[str, Any]) -> tuple[ContractFinding, ...]:
    """Errors first; within a severity in the order in which they were found."""
    checked = check(body)
    unknown = tuple(unknown_criteria(body))
    faults = tuple(_split(fault) for fault in checked.faults)
    reading = read(checked.document, {where for where, _ in faults})
    linted = tuple(finding for finding in linter.findings(reading.spec) if reading.knows(finding.fields))
    explained = {finding.fields[0] for finding in linted}
    found = (
        *(
            _schema(where, sentence)
            for where, sentence in faults
            if not (_is_said(where, sentence, unknown) or (sentence == _MISSING and where in explained))
        ),
        *(_schema(where, "must be a finite number") for where in _not_finite(body, ())),
        *(criterion.finding for criterion in unknown),
        *linted,
    )
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity)))


def _split(fault: str) -> tuple[str, str]:
    where, _, sentence = fault.partition(": ")
    return where, sentence


def _schema(where: str, sentence: str) -> ContractFinding:
    return ContractFinding(LinterRule.SCHEMA.value, Severity.ERROR, (where,), f"`{where}`: {sentence}")


def _is_said(where: str, sentence: str, unknown: tuple[UnknownCriterion, ...]) -> bool:
    """The schema's words on a criterion that is unknown: the field as such, and that none of the known ones is "
    "there."""
    return any(
        where == criterion.path and (sentence.startswith("unknown field") or not criterion.has_another)
        for criterion in unknown
    )


def _not_finite(value: Any, path: tuple[str | int, ...]) -> Iterator[str]:
    """YAML can write them, JSON and so the API cannot."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _not_finite(item, (*path, str(name)))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _not_finite(item, (*path, position))
    elif isinstance(value, float) and not math.isfinite(value):
        yield place(path)
