"""A baseline trial that reported nothing to a pruner that decides by reports. Called by `baseline_trial`."""

from __future__ import annotations

from hposweep.api.spec import Spec
from hposweep.model.history import Trial
from hpotrial import protocol


def missing_reports(spec: Spec, trial: Trial) -> str:
    """Return a sentence if the trial made no report although a pruner of Optuna was chosen; an empty text otherwise.

    A pruner of the user's own may decide by other means. With several objectives the linter has warned of the pruner.
    A worker of an earlier release counts no reports.
    """
    pruner = spec.study.pruner
    is_useless = pruner.is_requested and pruner.class_ is None and len(spec.study.objectives) == 1
    if not is_useless or trial.attributes.get(protocol.REPORTS) != 0:
        return ""
    return (
        f"the trial reported no intermediate value, so `spec.study.pruner` (`{pruner.name}`) would end no trial early. "
        "Report one after each step"
    )
