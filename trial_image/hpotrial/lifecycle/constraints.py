"""Tell Optuna of the constraints of `spec.study.constraints` when a trial has completed. Called by `worker`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.failures.classify import TrialOutcome
from hpotrial.failures.fingerprint import fingerprint
from hpotrial.lifecycle.ownership import OwnedTrial
from hpotrial.protocol.constraints import Constraint


def record_constraints(trial: OwnedTrial, outcome: TrialOutcome, constraints: Sequence[Constraint]) -> TrialOutcome:
    """Set a constraint for each of the spec; return a failure when a complete trial lacks one of the numbers.

    A constraint that the objective has set under the same name stays.
    """
    if outcome.state != TrialState.COMPLETE or not constraints:
        return outcome
    attributes, own = trial.optuna_trial.user_attrs, trial.optuna_trial.constraints
    for constraint in constraints:
        if constraint.name in own:
            continue
        value = attributes.get(constraint.name)
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            return _failed(constraint, value, is_set=constraint.name in attributes)
        trial.optuna_trial.set_constraint(constraint.name, constraint.violation(float(value)))
    return outcome


def _failed(constraint: Constraint, value: object, *, is_set: bool) -> TrialOutcome:
    has = f"is {repr(value)[:60]}, and must be a number" if is_set else "is missing"
    error = (
        f"the user attribute `{constraint.name}` of `spec.study.constraints` {has}: call "
        f'trial.set_user_attr("{constraint.name}", value) before the objective returns'
    )
    return TrialOutcome(
        TrialState.FAIL,
        failure_class=protocol.OBJECTIVE_ERROR,
        error=error,
        fingerprint=fingerprint(protocol.OBJECTIVE_ERROR, "constraint", constraint.name, ""),
    )
