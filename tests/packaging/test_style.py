"""The measures of language count what they promise to count."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.style import __main__ as command
from tests.style import classes, docstrings, names, words
from tests.style.measure import Measure, Offender
from tests.style.vocabulary import ALLOWED_NAMES, VAGUE_NAMES

PLACE = Path("module.py")

SOURCE = '''
"""How it is done."""

FAILED = "Failed"
KNOWN = "Known to nobody"


class Found:
    """What it is."""

    seen: int

    def __init__(self, given: str, *wanted: int, **placed: int) -> None:
        self._seen = 1
        self._kept = 2

    def count(self, other: object) -> list[str]:
        """Count.

        What follows is no first sentence.
        """
        found = 1
        found = 2
        found_trials = [one for one in str(found)]
        return found_trials
'''


def test_a_name_counts_once_a_scope_when_it_is_a_participle_as_a_whole() -> None:
    vague = [name.text for name in names.names_of(ast.parse(SOURCE)) if name.is_vague]
    assert sorted(vague) == ["KNOWN", "_kept", "_seen", "found", "given", "one", "placed", "seen", "wanted"]


def test_every_name_is_in_the_total() -> None:
    texts = [name.text for name in names.names_of(ast.parse(SOURCE))]
    assert sorted(set(texts) - {"KNOWN", "_kept", "_seen", "found", "given", "one", "placed", "seen", "wanted"}) == [
        "FAILED",
        "found_trials",
        "other",
    ]
    assert len(texts) == len(set(texts)) == 12


def test_a_docstring_is_judged_by_its_first_sentence() -> None:
    measured = docstrings.measure("package", [(PLACE, ast.parse(SOURCE))])
    assert [str(offender) for offender in measured.offenders] == [
        "module.py:2: How it is done.",
        "module.py:9: What it is.",
    ]
    assert measured.total == 3


def test_a_class_name_has_one_module() -> None:
    other = Path("other.py")
    tree = ast.parse("class Twin: ...\nclass Single: ...")
    measured = classes.measure([(PLACE, tree), (other, ast.parse("class Twin: ..."))])
    assert [str(offender) for offender in measured.offenders] == ["module.py:1: Twin, also in other.py:1"]


@pytest.mark.parametrize(
    ("line", "hits"),
    [
        ("Nobody mended it", ["Nobody (write: name the actor)", "mended (write: fix)"]),
        ("kept for ever", ["for ever (write: forever)"]),
        ("the amended page relies on supplies", []),
    ],
)
def test_words_are_found_as_words(line: str, hits: list[str], tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"first\n{line}\n")
    assert [(hit.line, hit.text) for hit in words.hits_in(page)] == [(2, hit) for hit in hits]


def test_a_word_is_either_vague_or_allowed() -> None:
    assert not VAGUE_NAMES & set(ALLOWED_NAMES)


@pytest.mark.parametrize(
    ("count", "total", "limit", "is_kept"),
    [(0, None, 0, True), (1, None, 0, False), (1, 101, 1, True), (1, 100, 1, False)],
)
def test_a_share_stays_below_its_limit_and_a_count_within_it(
    count: int, total: int | None, limit: float, is_kept: bool
) -> None:
    assert Measure("words", (Offender(PLACE, 1, "word"),) * count, total, limit).is_kept is is_kept


def test_a_broken_limit_fails_only_where_that_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Measure("words", (Offender(PLACE, 3, "mend"),))
    monkeypatch.setattr(command, "measures", lambda: [broken])
    assert command.main([]) == 0
    assert command.main(["--strict", "-v"]) == 1
    assert capsys.readouterr().out.endswith("words: 1 (limit 0) BROKEN\n  module.py:3: mend\n")


def test_all_measures_of_this_checkout_can_be_taken() -> None:
    assert [measure.title for measure in command.measures()][:2] == [
        "hposweep: names that are a participle or pronoun",
        "hpotrial: names that are a participle or pronoun",
    ]
