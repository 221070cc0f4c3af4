"""Write sections as Markdown, with all that Markdown or HTML would read as markup escaped. Called by `command`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hposweep.cli.analyze.section import Section, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#|~!&$@:])")

# At the beginning of a line these begin a list, a rule or a heading; a negative number and `-` alone do not.
_BLOCK = re.compile(r"^( *[0-9]{0,9})([-+=.])(?=[\s=-])")
_LINK = re.compile(r"\bwww(?=\.)", re.IGNORECASE)  # GitHub makes a link of it, without a scheme


def escape(text: str) -> str:
    """Return one line of text so that no part of it is markup."""
    return _LINK.sub(r"\g<0>\\", _BLOCK.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text)))


def as_markdown(parts: Sequence[Section]) -> str:
    return "\n".join(line for place, part in enumerate(parts) for line in _lines(part, is_first=place == 0)) + "\n"


def _lines(part: Section, *, is_first: bool) -> Iterator[str]:
    yield f"{'#' if is_first else '##'} {escape(part.title)}"
    yield ""
    for table in part.tables:
        if table.rows:
            yield from _table(table)
            yield ""
    for sentence in (*part.sentences, *part.notes):
        yield escape(sentence)
        yield ""


def _table(table: Table) -> Iterator[str]:
    marks = ["---" if place < table.text_columns else "---:" for place in range(len(table.columns))]
    for row in (table.columns, None, *table.rows):
        yield f"| {' | '.join(marks if row is None else map(escape, row))} |"
