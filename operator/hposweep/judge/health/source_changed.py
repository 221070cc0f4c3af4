"""Trials of one study ran different code, commits or images. Listed in `rules`."""

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


def _check(view: View) -> Diagnosis | None:
    """Compare this sweep's finished trials in the order of their numbers."""
    control = view.evidence.study.control if view.evidence.study is not None else None
    start = ControlBlock.from_json(control or {}).breaker_from
    sentences = view.history.remember(("source changes", start), lambda: _changes(view.history.finished, start))
    if not sentences:
        return None
    message = f"{'; '.join(sentences)}. Trials of different code cannot be compared with each other"
    action = (
        "if the change was intended, create a new sweep, so that all its trials run the same; otherwise restore what "
        "the earlier trials ran, and name the image by its digest"
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
    if not changes:
        return ""
    (number_before, value_before), (number, value) = changes[0]
    further = f", and {count(len(changes) - 1, 'more time')} later" if len(changes) > 1 else ""
    hashes = f"{_short(value_before)} in trial {number_before}, {_short(value)} in trial {number}"
    return f"the {subject} changed after trial {number_before} ({hashes}){further}"


def _short(value: str) -> str:
    return value.removeprefix("sha256:")[:_SHOWN_CHARACTERS]


RULE = HealthRule("SourceChanged", Severity.WARNING, _check)
