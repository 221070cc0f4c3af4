"""Write an analysis or a comparison for programs: JSON, YAML and CSV. Called by `output` and `cli.report`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import yaml

from hposweep.api.plain import plain
from hposweep.api.wire import to_wire
from hposweep.cli.analyze.section import Section

# A spreadsheet computes a cell that begins so; the last four are the full-width forms of the first four.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_json(result: object) -> str:
    return f"{json.dumps(plain(to_wire(result)), indent=2, allow_nan=False, default=str)}\n"


def as_yaml(result: object) -> str:
    text: str = yaml.safe_dump(json.loads(as_json(result)), sort_keys=False, allow_unicode=True)
    return text


def as_csv(parts: Sequence[Section]) -> str:
    """Return one line for each cell: section, row, column, value. One shape suits all tables."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("section", "row", "column", "value"))
    for part in parts:
        for table in part.tables:
            for row in table.rows:
                for column, value in zip(table.columns[1:], row[1:], strict=True):
                    writer.writerow(map(safe_cell, (part.title, row[0], column, value)))
        for note in (*part.sentences, *part.notes):
            writer.writerow(map(safe_cell, (part.title, "note", "", note)))
    return out.getvalue()


def safe_cell(text: str) -> str:
    """Return the cell; one that a spreadsheet would compute begins with an apostrophe, unless it is a number."""
    if not text.startswith(_FORMULA) or text == "-":
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
