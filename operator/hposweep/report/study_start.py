"""The trials that the study started with, in the status. Called by `status`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.status import StudyStartStatus
from hposweep.api.sweep import Sweep
from hposweep.model.history import WAITING, History
from hposweep.model.observation import Observation
from hposweep.model.study_start import StartMark, WarmStartRecord
from hposweep.report.condition import MESSAGE_LIMIT
from hposweep.text import count, truncate
from hpotrial import protocol

MAX_NUMBERS = 10  # of trials, in a sentence


def study_start_status(sweep: Sweep, observation: Observation) -> StudyStartStatus | None:
    """Return None for a sweep without such trials; the last status when the study cannot be read."""
    before = sweep.status.study_start if sweep.status is not None else None
    if not sweep.spec.study.enqueue and not sweep.spec.study.warm_start:
        return before
    study, history = observation.storage.study, observation.history
    if study is None or history is None:
        return before
    records = study.warm_start or ()
    return history.remember(("study start", records), lambda: _status(history, records))


def _status(history: History, records: tuple[WarmStartRecord, ...]) -> StudyStartStatus | None:
    own: set[str] = set()
    other: set[str] = set()
    finished: set[str] = set()
    waiting: set[str] = set()
    for trial in history.trials:
        mark = StartMark.from_json(trial.attributes.get(protocol.START))
        if mark is None:
            continue
        (own if mark.study is None else other).add(mark.key)
        if trial.is_finished:
            finished.add(mark.key)
        if trial.state == WAITING:
            waiting.add(mark.key)
    if not own and not records:
        return None
    parts = [f"{count(len(own), 'point')} of `spec.study.enqueue`"] if own else []
    message = truncate("; ".join([*parts, *map(_sentence, records)]), MESSAGE_LIMIT)
    return StudyStartStatus(len(own | other), len(finished), len(waiting), message)


def _sentence(record: WarmStartRecord) -> str:
    return f"{count(len(record.trials), 'trial')} of study `{record.study}` ({', '.join(_details(record))})"


def _details(record: WarmStartRecord) -> Iterator[str]:
    yield f"{'number' if len(record.trials) == 1 else 'numbers'} {', '.join(map(str, record.trials[:MAX_NUMBERS]))}"
    if len(record.trials) > MAX_NUMBERS:
        yield f"{len(record.trials) - MAX_NUMBERS} more"
    if record.skipped:
        yield f"{record.skipped} better ones skipped, the first of them {record.reason}"
