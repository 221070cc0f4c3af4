"""Findings as text for people and as JSON for programs. Called by `command` and `cli.judge`."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from hposweep.cli.validate.report import SweepReport
from hposweep.model.findings import ContractFinding, Severity

MIN_WIDTH = 40  # columns; a narrower terminal wraps by itself
LINE_COLUMNS = 5
_INDENT = " " * (LINE_COLUMNS + 2)

_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_HEADINGS = {
    Severity.ERROR: "Errors: the operator rejects the sweep until you fix them.",
    Severity.WARNING: "Warnings: the sweep runs, but probably not as you intend.",
    Severity.INFO: "Notes: good to know.",
}


def as_text(reports: Sequence[SweepReport], width: int = 80, *, is_verbose: bool = False) -> str:
    """Return one block for each sweep that has findings, grouped by severity and rule, wrapped at `width` columns.

    The short form prints the findings of one rule together, each file line once. The verbose form prints every
    finding with all its fields and the details.
    """
    width = max(width, MIN_WIDTH)
    blocks = ["\n".join(_sweep(report, width, is_verbose)) for report in reports]
    if not is_verbose and any(finding.detail for report in reports if report.source for finding in report.findings):
        blocks.append("Run the command with -v for details.")
    if len(reports) > 1:
        blocks.append(count([finding for report in reports for finding in report.findings]))
    return "\n\n".join(blocks) + "\n"


def count(findings: Sequence[ContractFinding]) -> str:
    """Return the number of findings of each severity, such as `1 error, 2 warnings`."""
    numbers = {noun: sum(finding.severity is severity for finding in findings) for severity, noun in _NOUNS.items()}
    counts = (f"{number} {noun}{'s' if number > 1 else ''}" for noun, number in numbers.items() if number)
    return ", ".join(counts) or "no findings"


def as_json(reports: Sequence[SweepReport]) -> str:
    """Return all findings; each bears its sweep's name when there are several sweeps."""
    rows = [
        {**({"sweep": report.name, "file": report.source} if len(reports) > 1 else {}), **_row(report, finding)}
        for report in reports
        for finding in report.findings
    ]
    is_valid = all(report.is_valid for report in reports)
    return json.dumps({"findings": rows, "valid": is_valid}, indent=2, ensure_ascii=False) + "\n"


def _sweep(report: SweepReport, width: int, is_verbose: bool) -> Iterator[str]:
    title = f"{report.source}: sweep {report.name}" if report.source else f"sweep {report.name}"
    yield f"{title}: {count(report.findings)}"
    for severity, heading in _HEADINGS.items():
        findings = [finding for finding in report.findings if finding.severity is severity]
        if findings:
            yield f"\n{heading}"
        for group in _groups(report, findings, is_verbose):
            yield from _group(report, group, width, is_verbose)


def _groups(
    report: SweepReport, findings: Sequence[ContractFinding], is_verbose: bool
) -> Iterator[Sequence[ContractFinding]]:
    """Yield warnings of one rule together, and errors of one sentence. A finding without a line stands alone."""
    if is_verbose or report.lines.document is None:
        yield from ([finding] for finding in findings)
        return
    groups: dict[tuple[str, str], list[ContractFinding]] = {}
    for finding in findings:
        sentence = _without_path(finding) if finding.severity is Severity.ERROR else ""
        groups.setdefault((finding.rule, sentence), []).append(finding)
    yield from groups.values()


def _group(report: SweepReport, group: Sequence[ContractFinding], width: int, is_verbose: bool) -> Iterator[str]:
    first, numbers = group[0], _line_numbers(report, group)
    also = ""
    if len(numbers) > 1:
        also = f" Also line{'s' if len(numbers) > 2 else ''} {', '.join(map(str, numbers[1:]))}."
    elif len(group) > 1:
        also = f" {len(group)} such findings."
    line = numbers[0] if numbers else ""
    margin = f"{line:>{LINE_COLUMNS}}  "
    message = first.message if is_verbose or not numbers else _with_short_path(first)
    yield from _wrapped(f"{first.rule}: {_sentence(message)}{also}", width, margin)
    if is_verbose:
        yield from _wrapped(first.detail, width, _INDENT)
        yield from _wrapped(f"fields: {', '.join(first.fields)}", width, _INDENT)


def _line_numbers(report: SweepReport, group: Sequence[ContractFinding]) -> list[int]:
    lines = (report.lines.line(finding.fields[0]) for finding in group if finding.fields)
    return list(dict.fromkeys(line for line in lines if line is not None))


def _with_short_path(finding: ContractFinding) -> str:
    """Return the message with the last two names of its field only, because the line number says which one it is.

    One name would not do: a `trials` or `max` stands in many blocks.
    """
    sentence = _without_path(finding)
    names = finding.fields[0].removeprefix("spec.").split(".")
    return finding.message if sentence == finding.message else f"`{'.'.join(names[-2:])}`{sentence}"


def _without_path(finding: ContractFinding) -> str:
    return finding.message.removeprefix(f"`{finding.fields[0]}`")


def _sentence(message: str) -> str:
    """Return the message with short paths (all fields lie under `spec`) and a full stop."""
    short = message.replace("`spec.", "`")
    return short if short.endswith((".", "?", "!")) else f"{short}."


def _wrapped(text: str, width: int, margin: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=margin,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _row(report: SweepReport, finding: ContractFinding) -> dict[str, Any]:
    line = report.lines.line(finding.fields[0]) if finding.fields else None
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "fields": list(finding.fields),
        "line": line,
        "message": finding.message,
        "detail": finding.detail,
        "numbers": {name: _json_value(value) for name, value in finding.numbers.items()},
    }


def _json_value(value: Any) -> Any:
    """Return null for what is not finite: JSON has no such number."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
