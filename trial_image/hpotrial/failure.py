"""From the way in which a process ended to what the study is told: state, values, class and sentence. Pure."""

from __future__ import annotations

import math
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from optuna.study import StudyDirection
from optuna.trial import TrialState

from hpotrial import contract
from hpotrial.contract import CRASHED, NOT_FINITE, OBJECTIVE_ERROR
from hpotrial.messages import Died, End, Found, NotFound, Pruned, Raised, Returned, ReturnedNonsense, TimedOut

ERROR_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is told; class and error only for FAIL."""

    state: TrialState
    values: tuple[float, ...] | None = None
    failure_class: str = ""
    error: str = ""
    fingerprint: str = ""
    log_tail: str = ""

    def attributes(self) -> dict[str, str]:
        if not self.failure_class:
            return {}
        return {contract.CLASS: self.failure_class, contract.ERROR: self.error}


def judge(end: End, directions: Sequence[StudyDirection]) -> Verdict:
    match end:
        case Returned(values):
            return _judge_values(values, directions)
        case Pruned():
            return Verdict(TrialState.PRUNED)
        case Raised(type_name, message, _):
            return _failed(OBJECTIVE_ERROR, f"{type_name}: {message}")
        case ReturnedNonsense(sentence) | NotFound(sentence):
            return _failed(OBJECTIVE_ERROR, sentence)
        case Died(exit_code):
            return _failed(CRASHED, death(exit_code))
        case TimedOut(seconds):
            return _failed(contract.TIMED_OUT, f"the trial ran for longer than {seconds:g} s")
        case Found():
            return _failed(OBJECTIVE_ERROR, "the process was asked to look for the objective only")


def death(exit_code: int) -> str:
    if exit_code >= 0:
        return f"the process ended with exit code {exit_code} and without a result"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    return f"the process was killed by {name}"


def _judge_values(values: tuple[float, ...], directions: Sequence[StudyDirection]) -> Verdict:
    if len(values) != len(directions):
        return _failed(OBJECTIVE_ERROR, f"the objective returned {len(values)} values, the study has {len(directions)}")
    for value, direction in zip(values, directions, strict=True):
        if math.isnan(value):
            return _failed(NOT_FINITE, "the objective returned NaN")
        if value == _unbeatable(direction):
            return _failed(NOT_FINITE, f"the objective returned {value}, which no other trial could beat")
    return Verdict(TrialState.COMPLETE, values)


def _unbeatable(direction: StudyDirection) -> float:
    """Infinitely bad is how many objectives say "not possible", and Optuna understands it. Infinitely good is wrong."""
    return math.inf if direction == StudyDirection.MAXIMIZE else -math.inf


def _failed(failure_class: str, error: str) -> Verdict:
    return Verdict(TrialState.FAIL, None, failure_class, error[:ERROR_CHARACTERS])
