"""Hits of the word list: words of a private dialect in code, comments, texts and documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.packaging.checkout import ROOT, source_files
from tests.style.measure import Measure, Offender
from tests.style.vocabulary import DIALECT

TEXT = (".py", ".sh", ".yaml", ".yml", ".md", ".tpl", ".toml", ".txt", ".go", "")
_TESTS = Path("tests")
_OWN = _TESTS / "style"  # holds the list itself
_PATTERN = re.compile("|".join(rf"\b(?:{word})\b" for word in DIALECT), re.IGNORECASE)


def measures() -> list[Measure]:
    """Count the hits outside the tests, which is limited, and in the tests, which is shown only."""
    paths = [path for path in source_files(*TEXT) if not path.is_relative_to(_OWN) and path.name != "LICENSE"]
    product = [hit for path in paths if not path.is_relative_to(_TESTS) for hit in hits_in(path)]
    tests = [hit for path in paths if path.is_relative_to(_TESTS) for hit in hits_in(path)]
    return [
        Measure("words of the list in code and documentation", tuple(product)),
        Measure("words of the list in tests (shown only)", tuple(tests), limit=float("inf")),
    ]


def hits_in(path: Path) -> Iterator[Offender]:
    """Yield the hits of a file, with the words to write instead."""
    for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
        for hit in _PATTERN.finditer(line):
            yield Offender(path, number, f"{hit.group()} (write: {_instead_of(hit.group())})")


def _instead_of(word: str) -> str:
    matches = (better for pattern, better in DIALECT.items() if re.fullmatch(pattern, word, re.IGNORECASE))
    return next(matches)
