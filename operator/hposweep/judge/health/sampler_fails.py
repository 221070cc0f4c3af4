"""Hooks of a sampler or pruner raise. Listed in `rules`. Workers log each, and write it on the trial."""

from __future__ import annotations

from collections import Counter

from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.findings import Severity
from hposweep.text import count, first_line, truncate
from hpotrial.protocol import SAMPLER_ERROR

_ERROR_CHARACTERS = 300
_ACTION = (
    "fix the class of `spec.study.sampler` or `spec.study.pruner`; the worker's log has the traceback. Until then, "
    "trials may be chosen or pruned in another way than it intends"
)


def _check(view: View) -> Diagnosis | None:
    """Fire when a hook raised in a trial."""
    errors = {
        trial.number: truncate(first_line(str(error)), _ERROR_CHARACTERS)
        for trial in view.history.trials
        if (error := trial.attributes.get(SAMPLER_ERROR))
    }
    if not errors:
        return None
    by_error = Counter(errors.values())
    frequent = min(by_error, key=lambda error: (-by_error[error], error))
    last = max(number for number, error in errors.items() if error == frequent)
    message = (
        f"a hook of the sampler or pruner raised in {count(len(errors), 'trial')}, mostly: {frequent} (trial {last})"
    )
    return Diagnosis(message, _ACTION)


RULE = HealthRule("SamplerFails", Severity.WARNING, _check)
