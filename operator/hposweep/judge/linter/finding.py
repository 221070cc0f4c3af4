"""Constructors of findings, so that a rule reads as its condition and its sentence. Every family of rules uses them.

A message is "`field`: what is wrong. What to do." and short; the detail has the reason and the other numbers.
"""

from __future__ import annotations

from typing import Any

from hposweep.api.wire import wire_name
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding, Severity


def error(
    rule: LinterRule, fields: tuple[str, ...], sentence: str, detail: str = "", **numbers: Any
) -> ContractFinding:
    """The spec cannot work and is rejected."""
    return _finding(rule, Severity.ERROR, fields, sentence, detail, numbers)


def warning(
    rule: LinterRule, fields: tuple[str, ...], sentence: str, detail: str = "", **numbers: Any
) -> ContractFinding:
    """The spec runs, but a rule probably does not mean what its author intended."""
    return _finding(rule, Severity.WARNING, fields, sentence, detail, numbers)


def info(rule: LinterRule, fields: tuple[str, ...], sentence: str, detail: str = "", **numbers: Any) -> ContractFinding:
    """Good to know."""
    return _finding(rule, Severity.INFO, fields, sentence, detail, numbers)


def _finding(
    rule: LinterRule, severity: Severity, fields: tuple[str, ...], sentence: str, detail: str, numbers: dict[str, Any]
) -> ContractFinding:
    by_wire_name = {wire_name(name): value for name, value in numbers.items()}
    message = f"`{fields[0]}`: {sentence}"
    return ContractFinding(rule.value, severity, tuple(dict.fromkeys(fields)), message, by_wire_name, detail)
