"""Render a report as one HTML page or as Markdown, by the templates beside this module. Called by `files`.

Both escape each value by default: HTML by Jinja's autoescape, Markdown by `finalize`, which comes before it.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hposweep.cli.analyze.markdown import escape
from hposweep.cli.analyze.section import CutText, Table
from hposweep.cli.report.document import StudyReport


def as_html(report: StudyReport) -> str:
    return _environment(is_html=True).get_template("report.html.j2").render(report=report)


def as_markdown(report: StudyReport) -> str:
    return _environment(is_html=False).get_template("report.md.j2").render(report=report)


@cache
def _environment(*, is_html: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("hposweep.cli.report"),
        autoescape=True,
        finalize=None if is_html else _markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["columns"] = _columns
    environment.filters["svg"] = Markup  # only for the SVG that this package wrote
    environment.tests["cut"] = lambda value: isinstance(value, CutText)
    return environment


def _markdown(value: object) -> Markup:
    """Return the value escaped for Markdown, so that Jinja escapes nothing; commands in a code block are marked."""
    return value if isinstance(value, Markup) else Markup(escape(" ".join(str(value).split())))  # noqa: S704


def _columns(table: Table) -> list[int]:
    """Return the columns of the page: all but those of bars made of characters, which the plots replace."""
    return [place for place, name in enumerate(table.columns) if place == 0 or name or not any(table.columns)]
