"""Word the outcome of a sweep: its verdict with evidence, decisions, and conditions. Called by `builder`. Pure.

Only a report of a run has these sections: a study alone has no criteria.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hposweep.api import conditions
from hposweep.api.record import RecordStatus
from hposweep.api.status import Status
from hposweep.cli.analyze.section import Section, SectionKind, Table, printable
from hposweep.report.glance import verdict_sentence, worth_reading
from hposweep.text import count

MAX_MESSAGE_CHARACTERS = 600
GATES = (
    conditions.ACCEPTED,
    conditions.STORAGE_READY,
    conditions.PREFLIGHT_PASSED,
    conditions.BASELINE_PASSED,
    conditions.APPROVED,
)


@dataclass(frozen=True, slots=True)
class SweepOutcome:
    """The end of a sweep. Of a run, `command` continues it; `folder` is what `hposweep study --out` takes."""

    status: Status
    command: str = ""
    folder: str = ""


def verdict_fact(status: Status) -> str:
    return f"Verdict: {_sentence(verdict_sentence(status))}"


def verdict_sections(status: Status) -> Iterator[Section]:
    yield _verdict(status)
    gates = tuple(
        (printable(entry.type), printable(entry.status), printable(entry.reason), _message(entry.message))
        for entry in status.conditions
        if entry.type in GATES
    )
    if gates:
        table = Table(("gate", "open", "reason", "message"), gates, 4, "Checks before the search")
        yield Section("Gates", (table,), kind=SectionKind.GATES)
    if status.decisions:
        yield _decisions(status)
    rows = tuple(
        (printable(entry.type), printable(entry.status), printable(entry.reason), _message(entry.message))
        for entry in worth_reading(status)
    )
    if rows:
        table = Table(("condition", "status", "reason", "message"), rows, 4, "Conditions at the end")
        yield Section("Needs attention", (table,), kind=SectionKind.CONDITIONS)


def _verdict(status: Status) -> Section:
    rows = tuple(
        (printable(tier.tier), printable(tier.outcome), printable(entry.outcome), _message(entry.message))
        for tier in status.success
        for entry in tier.criteria
    )
    table = Table(("tier", "reached", "criterion holds", "evidence"), rows, 4, "Criteria of each tier")
    notes = () if rows else ("No verdict: `spec.success` names no tier.",)
    sentence = _sentence(f"{status.state}: {status.message}")
    return Section("Verdict", (table,), (sentence,), notes, kind=SectionKind.VERDICT)


def _decisions(status: Status) -> Section:
    rows = tuple(
        (printable(item.name), printable(item.outcome), f"{item.time:%Y-%m-%d %H:%M} UTC", _message(item.message))
        for item in status.decisions
    )
    table = Table(("decision", "outcome", "time", "evidence"), rows, 4, "Decisions during the search")
    return Section("Decisions", (table,), kind=SectionKind.DECISIONS)


def history_section(record: RecordStatus) -> Section:
    """Return the newest entries of the flight recorder, with who did what."""
    rows = tuple(
        (f"{item.time:%Y-%m-%d %H:%M:%S} UTC", printable(item.kind), printable(item.actor), _message(item.message))
        for item in record.entries
    )
    table = Table(("time", "kind", "by", "what happened"), rows, 4, "Changes, interventions and ends")
    earlier = record.count - len(rows)
    notes = (f"{count(earlier, 'earlier entry', 'earlier entries')}: `hposweep history` shows all.",) if earlier else ()
    return Section("History", (table,), notes=notes, kind=SectionKind.HISTORY)


def _message(text: str) -> str:
    return printable(text, MAX_MESSAGE_CHARACTERS)


def _sentence(text: str) -> str:
    """Return a text of a status, which has no stop at its end, as a sentence."""
    line = _message(text)
    return line if line.endswith((".", "?", "!")) else f"{line}."
