"""Word the environment of a study, and the commands that repeat its analysis. Called by `builder`. Pure."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping

from hposweep.analysis.analyze import AnalysisOptions
from hposweep.cli.analyze.section import Section, SectionKind, Table, printable
from hposweep.cli.report.outcome import SweepOutcome
from hposweep.model.stored_study import StoredStudy
from hposweep.text import count
from hpotrial.protocol import COMMIT, IMAGE

MAX_VALUES = 10  # of an attribute
MAX_NAME_CHARACTERS = 512  # Optuna's own limit: a command needs the whole name
_ATTRIBUTES = {IMAGE: "image", COMMIT: "commit"}


def environment(study: StoredStudy, versions: Mapping[str, str]) -> Section:
    """Return the versions that wrote the report, and the code that ran the trials, if workers recorded it."""
    rows = (
        ("storage", printable(study.place or "unknown")),
        *((f"{name} of this report", printable(version)) for name, version in versions.items()),
        *(row for attribute, noun in _ATTRIBUTES.items() for row in _recorded(study, attribute, noun)),
    )
    has_code = any(name in trial.attributes for trial in study.history.trials for name in _ATTRIBUTES)
    notes = () if has_code else ("Unknown: image and commit of the trials. Only workers of HPOSweep record them.",)
    return Section(
        "Environment", (Table(("", ""), rows, 2, "Versions and code"),), notes=notes, kind=SectionKind.ENVIRONMENT
    )


def _recorded(study: StoredStudy, attribute: str, noun: str) -> Iterator[tuple[str, str]]:
    counts = Counter(
        str(trial.attributes[attribute]) for trial in study.history.trials if attribute in trial.attributes
    )
    for value, trials in counts.most_common(MAX_VALUES):
        yield f"{noun} of {count(trials, 'trial')}", printable(value)


def reproduction(study: StoredStudy, options: AnalysisOptions) -> tuple[Section, tuple[str, ...]]:
    """Return the section and its commands, without the storage, whose URL may have a password."""
    name = shlex.quote(printable(study.name, MAX_NAME_CHARACTERS))
    choices = f"--top {options.top} --random-trials {options.random_trials}"
    sentences = (
        "Equal studies give equal reports, because all random numbers have fixed seeds. Set HPOSWEEP_STORAGE_URL to "
        "the storage first.",
        "top.yaml has the parameters of the best trials: Optuna's study.enqueue_trial(params) runs one again. "
        "trials.csv has all trials.",
    )
    commands = (f"hposweep report --study {name} {choices}", f"hposweep analyze --study {name} {choices} -o json")
    return Section("How to reproduce", sentences=sentences, kind=SectionKind.NEXT), commands


def continuation(outcome: SweepOutcome) -> tuple[Section, tuple[str, ...]]:
    """Return the section and its commands for a run, whose database is open only while a command needs it."""
    sentences = (
        "The first command continues the sweep after a change of its file, and writes this page again. The second "
        "keeps the database open for other programs.",
        "trials.jsonl has all trials, status.yaml the verdict as data, sweep.yaml the sweep.",
    )
    commands = (outcome.command, f"hposweep study serve --out {outcome.folder}")
    return Section("How to reproduce", sentences=sentences, kind=SectionKind.NEXT), commands
