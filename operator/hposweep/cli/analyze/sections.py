"""Word the whole analysis: one section for each part, and the next command. Called by `command`."""

from __future__ import annotations

import shlex

from hposweep.analysis.analyze import Analysis
from hposweep.cli.analyze.course_sections import course_sections
from hposweep.cli.analyze.parameter_sections import parameter_sections
from hposweep.cli.analyze.section import Section, printable
from hposweep.cli.analyze.summary_section import best_section, summary_section


def sections(analysis: Analysis) -> tuple[Section, ...]:
    return (
        summary_section(analysis),
        best_section(analysis),
        *parameter_sections(analysis),
        *course_sections(analysis),
        _next(analysis),
    )


def _next(analysis: Analysis) -> Section:
    """Return a command without the storage, whose URL may have a password."""
    study = shlex.quote(printable(analysis.study))
    return Section("Next", sentences=(f"hposweep analyze --study {study} --storage … -o md > analysis.md",))
