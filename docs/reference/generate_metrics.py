"""Write the tables of `metrics.md` from the definitions in `hposweep.telemetry`, which the operator exposes.

Run `python docs/reference/generate_metrics.py` after a change of a definition. tests/packaging compares its output with
the page. Edit the sentences around the tables in the page itself.
"""

from __future__ import annotations

from pathlib import Path

from hposweep.telemetry.catalog import OPERATOR_DEFINITIONS, SWEEP_DEFINITIONS
from hposweep.telemetry.definition import Definition

PAGE = Path(__file__).with_name("metrics.md")
TABLE = "| metric | type, unit | labels | meaning |\n|---|---|---|---|"
SECTIONS = {"sweeps": SWEEP_DEFINITIONS, "operator": OPERATOR_DEFINITIONS}


def page(text: str) -> str:
    """Return the page with each table between its two marks replaced."""
    for name, definitions in SECTIONS.items():
        begin, end = f"<!-- generated: {name} -->\n", f"\n<!-- end: {name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = before + begin + "\n".join([TABLE, *(_row(definition) for definition in definitions)]) + end + after
    return text


def _row(definition: Definition) -> str:
    kind = f"{definition.kind}, {definition.unit}" if definition.unit else definition.kind
    labels = "; ".join(f"`{name}`: {values}" for name, values in definition.labels.items())
    return f"| `{definition.exposed_name}` | {kind} | {labels} | {definition.meaning} |"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
