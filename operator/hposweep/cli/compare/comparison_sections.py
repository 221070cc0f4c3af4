"""Word a comparison of studies: one column for each. Called by `command`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from hposweep.analysis.comparison import StudyComparison
from hposweep.cli.analyze.section import UNKNOWN, Section, Table, cell, interval, percent, printable
from hposweep.cli.analyze.sections import MAX_NOTE_CHARACTERS


def sections(comparison: StudyComparison) -> tuple[Section, ...]:
    studies = comparison.studies
    names = tuple(printable(study.name) for study in studies)
    goal = f"{printable(comparison.objective)} ({comparison.direction.lower()})"
    differences = tuple(printable(line, MAX_NOTE_CHARACTERS) for line in comparison.differences)
    same = () if differences else ("All studies searched the same space.",)
    notes = tuple(printable(note, MAX_NOTE_CHARACTERS) for note in comparison.notes)
    command = f"hposweep analyze --study {shlex.quote(names[-1])} --storage …"
    return (
        Section(f"Compare {goal}", (Table(("", *names), tuple(_rows(comparison))),), _verdicts(comparison), notes),
        Section("Spaces", sentences=(*differences, *same)),
        Section("Next", sentences=(command,)),
    )


def _rows(comparison: StudyComparison) -> Iterator[tuple[str, ...]]:
    studies, first = comparison.studies, comparison.studies[0]
    yield "comparable trials", *(str(study.trials) for study in studies)
    yield "best", *(cell(study.best) for study in studies)
    yield "change of the best", UNKNOWN, *(_change(study.best, first.best) for study in studies[1:])
    yield "mean", *(cell(study.mean) for study in studies)
    yield f"best of the first {first.budget}", *(cell(study.best_at_budget) for study in studies)
    yield f"expected best of {first.budget} draws", *(cell(study.expected_best) for study in studies)
    yield "its 90 % interval", *(interval(study.expected_low, study.expected_high) for study in studies)
    yield "share of the best tenth of all", *(percent(study.elite_share) for study in studies)


def _change(value: float | None, first: float | None) -> str:
    return UNKNOWN if value is None or not first else f"{100 * (value - first) / abs(first):+.1f} %"


def _verdicts(comparison: StudyComparison) -> tuple[str, ...]:
    """Return a sentence for each study but the first, about the trials before the sampler learned."""
    lines = []
    for study in comparison.studies[1:]:
        name, low, high = printable(study.name), study.superiority_low, study.superiority_high
        if study.superiority is None or low is None or high is None:
            lines.append(f"{name}: {study.compared_trials} early trials are too few to tell it from the first study.")
            continue
        verdict = "no difference is shown" if low <= 0.5 <= high else "better" if low > 0.5 else "worse"
        lines.append(
            f"{name}: {verdict}. Before its sampler learned, a trial beats one of the first study in "
            f"{percent(study.superiority)} of pairs (90 % interval {percent(low)} to {percent(high)})."
        )
    return tuple(lines)
