"""Print an analysis or a comparison in the user's format. Called by the commands `analyze` and `compare`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hposweep.cli.analyze import documents, markdown, text
from hposweep.cli.analyze.formats import AnalysisFormat
from hposweep.cli.analyze.section import Section
from hposweep.cli.output import print_text


def print_result(result: object, sections: Sequence[Section], output: AnalysisFormat) -> None:
    """Print the sections for people, and the whole result for programs."""
    match output:
        case AnalysisFormat.TEXT:
            text.print_sections(sections, sys.stdout)
        case AnalysisFormat.JSON:
            print_text(documents.as_json(result))
        case AnalysisFormat.YAML:
            print_text(documents.as_yaml(result))
        case AnalysisFormat.CSV:
            print_text(documents.as_csv(sections))
        case AnalysisFormat.MARKDOWN:
            print_text(markdown.as_markdown(sections))
