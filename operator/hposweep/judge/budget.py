"""The budget beyond the trials that do not count: of an adopted study, and attempts of the baseline trial.

Called by `reconcile` before `judge`, and by `cli.judge`. Workers get the raised number, so that the claim of a trial
needs no rule of its own.
"""

from __future__ import annotations

from hposweep.api.sweep import Sweep
from hposweep.judge.baseline_attempts import beyond_budget
from hposweep.model.history import History
from hposweep.model.trials import Study


def with_budget(sweep: Sweep, study: Study | None, history: History | None) -> Sweep:
    """Return the sweep with its raised budget; the status knows it while the study cannot be read."""
    if study is None or study.owner != sweep.uid:
        return sweep.with_uncounted(existing=None, baseline=None)
    baseline = beyond_budget(sweep.uid, history) if history is not None else None
    return sweep.with_uncounted(existing=study.existing, baseline=baseline)
