"""The files of a report, by name. Called by `command`. Pure: nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping

from hposweep.analysis.analyze import Analysis, AnalysisOptions
from hposweep.cli.report.builder import build_report
from hposweep.cli.report.pages import as_html, as_markdown
from hposweep.cli.report.tables import directionality_csv, importances_csv, top_yaml, trials_csv
from hposweep.model.stored_study import StoredStudy


def report_files(
    study: StoredStudy, analysis: Analysis, options: AnalysisOptions, versions: Mapping[str, str]
) -> Mapping[str, bytes]:
    """Return the content of each file in UTF-8; a character that it does not have becomes a question mark."""
    report = build_report(study, analysis, options, versions)
    files = {
        "report.html": as_html(report),
        "report.md": as_markdown(report),
        "trials.csv": trials_csv(study),
        "importances.csv": importances_csv(analysis),
        "directionality.csv": directionality_csv(analysis),
        "top.yaml": top_yaml(analysis),
    }
    return {name: content.encode("utf-8", "replace") for name, content in files.items()}
