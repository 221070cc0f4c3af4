"""Word the whole analysis: one section for each part, and the next command. Called by `command`."""

from __future__ import annotations

from hposweep.analysis.analyze import Analysis
from hposweep.cli.analyze.section import Section, printable
from hposweep.cli.analyze.summary_section import best_section, summary_section


def sections(analysis: Analysis) -> tuple[Section, ...]:
    return (
        summary_section(analysis),
        best_section(analysis),
        _next(analysis),
    )


def _next(analysis: Analysis) -> Section:
    study = printable(analysis.study)
    command = f"hposweep analyze --study '{study}' -o md > analysis.md"
    return Section("Next", sentences=(command,))
