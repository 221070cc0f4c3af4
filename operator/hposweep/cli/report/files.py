"""The files of a report, by name. Called by `command`. Pure: nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping

from hposweep.analysis.analyze import Analysis, AnalysisOptions, analyze
from hposweep.cli.report.builder import build_report
from hposweep.cli.report.document import StudyReport
from hposweep.cli.report.outcome import SweepOutcome
from hposweep.cli.report.pages import as_html, as_markdown
from hposweep.cli.report.tables import directionality_csv, importances_csv, top_yaml, trials_csv
from hposweep.model.stored_study import StoredStudy

HTML, MARKDOWN = "report.html", "report.md"


def report_files(
    study: StoredStudy,
    analysis: Analysis,
    options: AnalysisOptions,
    versions: Mapping[str, str],
    outcome: SweepOutcome | None = None,
) -> Mapping[str, bytes]:
    """Return the content of each file of `hposweep report`. `outcome`: of the sweep, in the Job of its analysis."""
    files = {
        "trials.csv": trials_csv(study),
        "importances.csv": importances_csv(analysis),
        "directionality.csv": directionality_csv(analysis),
        "top.yaml": top_yaml(analysis),
    }
    return {**_pages(build_report(study, analysis, options, versions, outcome)), **_encoded(files)}


def run_pages(
    study: StoredStudy, options: AnalysisOptions, versions: Mapping[str, str], outcome: SweepOutcome
) -> Mapping[str, bytes]:
    """Return the content of each file that a run writes at its end."""
    return _pages(build_report(study, analyze(study, options), options, versions, outcome))


def _pages(report: StudyReport) -> Mapping[str, bytes]:
    return _encoded({HTML: as_html(report), MARKDOWN: as_markdown(report)})


def _encoded(files: Mapping[str, str]) -> Mapping[str, bytes]:
    """Return the files in UTF-8; a character that it does not have becomes a question mark."""
    return {name: content.encode("utf-8", "replace") for name, content in files.items()}
