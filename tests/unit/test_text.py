"""Durations, counts, numbers and cuts."""

from __future__ import annotations

import pytest

from hposweep import text


@pytest.mark.parametrize(
    ("seconds", "long", "short"),
    [
        (0, "0 s", "0s"),
        (0.9, "0.9 s", "0s"),
        (119, "119 s", "119s"),
        (120, "2 min", "2m"),
        (187, "3 min 7 s", "3m7s"),
        (750, "12 min", "12m"),
        (3599, "1 h", "1h"),
        (3600, "1 h", "1h"),
        (7800, "2 h 10 min", "2h10m"),
        (18_120, "5 h 2 min", "5h2m"),
        (200_000, "2 days 8 h", "2d8h"),
    ],
)
def test_durations(seconds: float, long: str, short: str) -> None:
    assert text.duration(seconds) == long
    assert text.short_duration(seconds) == short


def test_counts_agree_with_their_noun() -> None:
    assert [text.count(n, "worker") for n in (0, 1, 2)] == ["0 workers", "1 worker", "2 workers"]
    assert text.count(2, "class", "classes") == "2 classes"


def test_numbers_have_six_digits() -> None:
    assert [text.number(value) for value in (0.30994812, 100, 1e-5, None)] == ["0.309948", "100", "1e-05", "None"]


def test_cuts_keep_the_limit() -> None:
    assert text.truncate("abcdef", 6) == "abcdef"
    assert text.truncate("abcdefg", 6) == "abcde…"
    assert text.truncate_start("abcdefg", 6) == "…cdefg"


def test_sentences_are_separated_by_one_mark() -> None:
    assert text.sentences("it failed.", "", "fix it", "2 more") == "it failed. Fix it. 2 more"
    assert text.sentences("no `objectiv`; did you mean `objective`?", "fix it") == (
        "no `objectiv`; did you mean `objective`? Fix it"
    )
    assert text.sentences("", "") == ""


def test_the_first_line_is_the_first_with_text() -> None:
    assert text.first_line("\n  one \ntwo") == "one"
    assert text.first_line(" \n") == ""


def test_what_a_terminal_would_obey_or_hide_is_left_out() -> None:
    assert text.printable("\x1b[31mred\x1b[0m\ttab\u202eback\x00 \u00e4\nline") == "[31mred[0m tabback \u00e4\nline"
    assert text.printable("plain") == "plain"


def test_clauses_have_semicolons_and_one_full_stop() -> None:
    assert text.clauses("first.", "", "is it?", "last.") == "first; is it?; last."
    assert text.clauses("", "") == ""
