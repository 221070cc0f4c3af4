"""The study attribute that carries the mutable part of the spec to the workers. Called by `planner`."""

from __future__ import annotations

from typing import Any

from hposweep.api.spec import STOP_TERMINATE
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import SetControl
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts
from hpotrial.protocol.control import ControlBlock, Review


def desired_control(sweep: Sweep, observation: Observation, study: Study, verdicts: Verdicts) -> SetControl:
    """Return the block as it should be, and whether it closes the breaker.

    `spec.suspend` closes it, once no worker is left that could open it again because of the same trials. From then on
    it counts new trials only, as it does in an adopted study. So does each attempt of the baseline trial, because
    earlier ones may have failed alike. One that has passed is not counted: its success would keep the breaker closed
    when each trial of the search fails.
    """
    closes = study.breaker is not None and sweep.spec.suspend and observation.search.all_stopped
    is_new = study.control is None or closes or verdicts.baseline_trial.is_new
    breaker_from = study.counts.total if is_new else ControlBlock.from_json(study.control or {}).breaker_from
    if verdicts.baseline_trial.passed_number is not None:
        breaker_from = max(breaker_from, verdicts.baseline_trial.passed_number + 1)
    stop = verdicts.stop.mode if verdicts.stop is not None else None
    if verdicts.pending_end is not None:
        stop = STOP_TERMINATE
    block = control(sweep, breaker_from=breaker_from, stop=stop, review=verdicts.review)
    return SetControl(study.id, block, closes_breaker=closes)


def control(
    sweep: Sweep, *, breaker_from: int = 0, stop: str | None = None, review: Review | None = None
) -> dict[str, Any]:
    """Return the JSON of the control block.

    The breaker counts trials from number `breaker_from` on; `stop` is set when the operator itself ends the sweep.
    """
    trials = sweep.spec.trials
    return ControlBlock(
        max_trials=trials.max,
        stop=stop or sweep.spec.stop,
        breaker_from=breaker_from,
        timeout_seconds=trials.timeout_seconds,
        retry_on=trials.retry_on,
        max_retries=trials.max_retries if trials.retry_on else 0,
        review=review,
    ).to_json()
