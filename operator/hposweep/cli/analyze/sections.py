"""Word the whole analysis: one section for each part, and the next command. Called by `command`."""

from __future__ import annotations

import shlex
from dataclasses import replace

from hposweep.analysis.analyze import Analysis
from hposweep.cli.analyze.course_sections import course_sections
from hposweep.cli.analyze.parameter_sections import parameter_sections
from hposweep.cli.analyze.section import Section, SectionKind, printable
from hposweep.cli.analyze.summary_section import best_section, summary_section

MAX_NOTE_CHARACTERS = 400


def sections(analysis: Analysis) -> tuple[Section, ...]:
    parts = (
        summary_section(analysis),
        best_section(analysis),
        *parameter_sections(analysis),
        *course_sections(analysis),
        _next(analysis),
    )
    return tuple(replace(part, notes=tuple(_note(note) for note in part.notes)) for part in parts)


def _note(note: str) -> str:
    """Return the note without control characters: it may name a parameter."""
    return printable(note, MAX_NOTE_CHARACTERS)


def _next(analysis: Analysis) -> Section:
    """Return a command without the storage, whose URL may have a password."""
    study = shlex.quote(printable(analysis.study))
    return Section(
        "Next", sentences=(f"hposweep analyze --study {study} --storage … -o md > analysis.md",), kind=SectionKind.NEXT
    )
