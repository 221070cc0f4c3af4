"""Trials of one study ran different code, commits or images. Listed in `rules`.

The finding ends when the newest trials run again what the first one ran, or when `spec.health.sourceSinceTrial` accepts
the change.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.findings import Severity
from hposweep.model.history import Trial
from hposweep.model.source_state import SourceState
from hposweep.text import count
from hpotrial.protocol.control import ControlBlock

_SUBJECTS = ("code", "commit", "image")
_SHOWN_CHARACTERS = 12  # of a hash
RESTORED_TRIALS = 10  # that ran the first state again; fewer may come from one of several nodes with another image


def _check(view: View) -> Diagnosis | None:
    """Compare this sweep's finished trials in the order of their numbers."""
    control = view.evidence.study.control if view.evidence.study is not None else None
    start = max(ControlBlock.from_json(control or {}).breaker_from, view.spec.health.source_since_trial)
    sentences = view.history.remember(("source changes", start), lambda: _changes(view.history.finished, start))
    if not sentences:
        return None
    message = f"{'; '.join(sentences)}. Trials of different code cannot be compared with each other"
    action = (
        "if the change was intended, create a new sweep, so that all its trials run the same, or accept it with the "
        "number of its first trial in `spec.health.sourceSinceTrial`; otherwise restore what the earlier trials ran, "
        "and name the image by its digest"
    )
    return Diagnosis(message, action)


def _changes(trials: Sequence[Trial], start: int) -> tuple[str, ...]:
    """Return a sentence for each part that changed. Trials below `start` were there before the sweep."""
    states = [(trial.number, SourceState.of_trial(trial).parts) for trial in trials if trial.number >= start]
    parts = (
        _change(subject, [(number, state[position]) for number, state in states if state[position]])
        for position, subject in enumerate(_SUBJECTS)
    )
    return tuple(sentence for sentence in parts if sentence)


def _change(subject: str, values: Sequence[tuple[int, str]]) -> str:
    changes = [(before, after) for before, after in pairwise(values) if before[1] != after[1]]
    newest = {value for _, value in values[-RESTORED_TRIALS:]}
    if not changes or (len(values) > RESTORED_TRIALS and newest == {values[0][1]}):
        return ""
    (number_before, value_before), (number, value) = changes[0]
    further = f", and {count(len(changes) - 1, 'more time')} later" if len(changes) > 1 else ""
    hashes = f"{_short(value_before)} in trial {number_before}, {_short(value)} in trial {number}"
    return f"the {subject} changed after trial {number_before} ({hashes}){further}"


def _short(value: str) -> str:
    return value.removeprefix("sha256:")[:_SHOWN_CHARACTERS]


RULE = HealthRule("SourceChanged", Severity.WARNING, _check)
