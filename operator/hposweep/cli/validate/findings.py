"""All findings of one document: those of the schema, of the linter, and criteria that HPOSweep does not have.

Called by `command` and `cli.judge`. The linter also checks what the schema rejects, as far as it can be read, so that
people fix a file once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hposweep.cli.environment import allowed_pods, gpu_weights
from hposweep.cli.validate.criteria import UnknownCriterion, unknown_criteria
from hposweep.cli.validate.reading import read
from hposweep.judge import linter
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.pod_template import refusals
from hposweep.judge.pod_template.refusals import PodRefusal
from hposweep.model.findings import ContractFinding, Severity
from hposweep.schema.check import check
from hposweep.schema.path import format_path
from hposweep.schema.wording import worded

_MISSING = "Required value"
_ONLY_FOR_PODS = re.compile(r"spec\.workers(\.template(\.spec\.containers\[\d+\]\.image)?)?")
_NO_EFFECT = "`hposweep run` starts no pod, so that the field has no effect there."
_NOT_A_WORD = "supported values"
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def findings(body: Mapping[str, Any]) -> tuple[ContractFinding, ...]:
    """Return errors first; within a severity in the order of the checks."""
    checked = check(body)
    unknown = tuple(unknown_criteria(body))
    faults = tuple(_split(fault) for fault in checked.faults)
    words = {path for path, sentence in faults if _NOT_A_WORD in sentence}
    reading = read(checked.document, {path for path, _ in faults}, words)
    all_linter_findings = linter.findings(reading.spec, gpu_weights())
    linter_findings = tuple(finding for finding in all_linter_findings if reading.has_values(finding.fields))
    explained_fields = {finding.fields[0] for finding in linter_findings}
    unsorted = (
        *(
            _schema_finding(path, sentence, checked.document)
            for path, sentence in faults
            if not (_is_about(path, sentence, unknown) or (sentence == _MISSING and path in explained_fields))
        ),
        *(_schema_finding(path, "must be a finite number", {}) for path in _not_finite(body, ())),
        *(criterion.finding for criterion in unknown),
        *linter_findings,
        *(_template_finding(refusal) for refusal in refusals.refusals(reading.spec, allowed_pods())),
    )
    return tuple(sorted(unsorted, key=lambda finding: _ORDER.index(finding.severity)))


def _split(fault: str) -> tuple[str, str]:
    path, _, sentence = fault.partition(": ")
    return path, sentence


def _schema_finding(path: str, sentence: str, document: Mapping[str, Any]) -> ContractFinding:
    if sentence == _MISSING and _ONLY_FOR_PODS.fullmatch(path):
        sentence = f"{_MISSING} on a cluster; `hposweep run` works without it"
    fault = worded(f"{path}: {sentence}", document)
    return ContractFinding(LinterRule.SCHEMA.value, Severity.ERROR, (fault.field,), fault.message, detail=fault.detail)


def _template_finding(refusal: PodRefusal) -> ContractFinding:
    """Warn only, because the operator of a cluster may have other settings than this command."""
    return ContractFinding(
        LinterRule.TEMPLATE_NOT_ALLOWED.value, Severity.WARNING, (refusal.path,), refusal.message, detail=_NO_EFFECT
    )


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
