"""Findings in one line each, so that a rule reads as its condition and its sentence. Used by every family of rules."""

from __future__ import annotations

from typing import Any

from hposweep.api.wire import wire_name
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding, Severity


def error(rule: LinterRule, fields: tuple[str, ...], message: str, **numbers: Any) -> ContractFinding:
    """It cannot work, and is refused."""
    return _finding(rule, Severity.ERROR, fields, message, numbers)


def warning(rule: LinterRule, fields: tuple[str, ...], message: str, **numbers: Any) -> ContractFinding:
    """It can work, and will not say what its author thinks it says."""
    return _finding(rule, Severity.WARNING, fields, message, numbers)


def info(rule: LinterRule, fields: tuple[str, ...], message: str, **numbers: Any) -> ContractFinding:
    """Good to know."""
    return _finding(rule, Severity.INFO, fields, message, numbers)


def _finding(
    rule: LinterRule, severity: Severity, fields: tuple[str, ...], message: str, numbers: dict[str, Any]
) -> ContractFinding:
    named = {wire_name(name): value for name, value in numbers.items()}
    return ContractFinding(rule.value, severity, tuple(dict.fromkeys(fields)), message, named)
