"""Every decision record has a number, a status and a date, and the table of records repeats them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.packaging.checkout import ROOT

FOLDER = ROOT / "docs" / "adr"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
HEAD = re.compile(
    r"# (?P<number>\d+)\. (?P<title>.+)\n\n"
    r"Status: (?P<status>Accepted|Superseded by \[\d+\]\((?P<successor>[^)]+)\))\. "
    r"Date: (?P<date>\d{4}-\d\d-\d\d)\.\n\n"
)
SECTIONS = ("**Decision.**", "**Why.**")


def head(record: Path) -> re.Match[str]:
    match = HEAD.match(record.read_text())
    assert match, f"{record.name} must begin with `# N. Title` and `Status: Accepted. Date: YYYY-MM-DD.`"
    return match


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_record_has_a_number_a_status_and_a_date(record: Path) -> None:
    match = head(record)
    assert int(match["number"]) == int(record.name[:4])
    assert date.fromisoformat(match["date"])
    assert match["successor"] is None or (FOLDER / match["successor"]).is_file()


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_record_says_what_was_decided_and_why(record: Path) -> None:
    text = record.read_text()
    assert [section for section in SECTIONS if section not in text] == []


def test_records_are_numbered_without_gaps() -> None:
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_the_table_of_records_repeats_their_titles_statuses_and_dates() -> None:
    rows = re.findall(r"^\| \d.*$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    expected = []
    for record in RECORDS:
        match = head(record)
        expected.append(
            f"| {match['number']} | [{match['title']}]({record.name}) | {match['status']} | {match['date']} |"
        )
    assert rows == expected
