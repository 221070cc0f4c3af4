"""A report as data: chapters of a section and its plots. Made by `builder`, rendered by `pages`. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.cli.analyze.section import Section


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture: SVG of our own, in which every text of a user is escaped. `caption` says how to read it."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One question. `anchor` is unique in its report; `commands` are shown as lines of a shell."""

    anchor: str
    section: Section
    plots: tuple[Plot, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyReport:
    """All that a page shows. `facts` come first: what a reader must know."""

    title: str  # the name of the study
    facts: tuple[str, ...]
    chapters: tuple[Chapter, ...]
