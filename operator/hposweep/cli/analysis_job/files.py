"""The files of one analysis, within the size of a row. Called by `command`. Nothing is read or written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hposweep.analysis.analyze import AnalysisOptions, analyze
from hposweep.analysis.comparison import DifferentObjectivesError, compare_studies
from hposweep.api.analysis import COMPARISON, FILES, NEXT_SWEEP, AnalysisRequest
from hposweep.api.status import Status
from hposweep.api.wire import from_wire
from hposweep.cli.analyze.markdown import as_markdown
from hposweep.cli.compare.comparison_sections import sections as comparison_sections
from hposweep.cli.next.command import propose
from hposweep.cli.next.text import as_yaml
from hposweep.cli.report.command import versions
from hposweep.cli.report.files import report_files
from hposweep.cli.report.outcome import SweepOutcome
from hposweep.cli.run.errors import RefusedInputError
from hposweep.model.stored_study import StoredStudy
from hposweep.schema.crd import schema
from hposweep.schema.defaults import without_defaults

MAX_ROW_BYTES = 4 * 1024 * 1024
MAX_NOTES_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Results:
    """The files by name, and what they do not have."""

    files: Mapping[str, str]
    trials: int
    notes: str


def results(
    study: StoredStudy,
    request: AnalysisRequest,
    options: AnalysisOptions,
    baseline: StoredStudy | None = None,
    fault: str = "",
) -> Results:
    """Return the results. What cannot be proposed or compared is left out, with the reason.

    `fault`: why the baseline study cannot be read.
    """
    outcome = SweepOutcome(from_wire(Status, request.status)) if request.status is not None else None
    notes = list(study.notes)
    if outcome is None:
        notes.append("the report has no verdict, because the status of the sweep is too large for the Job")
    encoded = report_files(study, analyze(study, options), options, versions(), outcome)
    files = {name: data.decode() for name, data in encoded.items()}
    try:
        files[NEXT_SWEEP] = _next_sweep(study, request)
    except RefusedInputError as error:
        notes.append(f"no {NEXT_SWEEP}: {'; '.join(error.faults)}")
    if fault:
        notes.append(f"no {COMPARISON}: {fault}")
    elif baseline is not None:
        try:
            files[COMPARISON] = as_markdown(comparison_sections(compare_studies([baseline, study])))
        except DifferentObjectivesError as error:
            notes.append(f"no {COMPARISON}: {error}")
    selection = dict(_fitting(files))
    left_out = [name for name in FILES if name in files and name not in selection]
    if left_out:
        notes.append(f"larger than {MAX_ROW_BYTES // 1024 // 1024} MiB together: {', '.join(left_out)}")
    return Results(selection, len(study.history.trials), "; ".join(notes)[:MAX_NOTES_CHARACTERS])


def _next_sweep(study: StoredStudy, request: AnalysisRequest) -> str:
    body = without_defaults(request.document, schema()) if request.document is not None else None
    result, header = propose(study, body, is_shared_database=True)
    return as_yaml(result, header)


def _fitting(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the most useful files as long as there is room."""
    room = MAX_ROW_BYTES
    for name in FILES:
        if name in files and (size := len(files[name].encode())) <= room:
            room -= size
            yield name, files[name]
