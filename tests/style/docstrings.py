"""The share of docstrings whose first sentence is a what/who/how clause instead of a statement."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.style.measure import Measure, Offender
from tests.style.vocabulary import CLAUSE_WORDS

LIMIT_PERCENT = 1.0
_CLAUSE = re.compile(rf"({'|'.join(CLAUSE_WORDS)})\b", re.IGNORECASE)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def measure(package: str, files: Iterable[tuple[Path, ast.Module]]) -> Measure:
    """Count the docstrings of a package that begin with a clause."""
    docstrings = [(path, line, text) for path, tree in files for line, text in docstrings_of(tree)]
    offenders = tuple(Offender(path, line, first_line(text)) for path, line, text in docstrings if _CLAUSE.match(text))
    title = f"{package}: docstrings that begin with what/who/how"
    return Measure(title, offenders, len(docstrings), LIMIT_PERCENT)


def docstrings_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each docstring of a module."""
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text


def first_line(text: str) -> str:
    """Return the first line of a docstring."""
    return text.splitlines()[0]
