"""What workers are to obey: the study attribute that carries the mutable part of the spec to them."""

from __future__ import annotations

from typing import Any

from hposweep.api.spec import STOP_TERMINATE
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import SetControl
from hposweep.model.trials import Study
from hposweep.model.verdicts import Verdicts


def desired_control(sweep: Sweep, seen: Observation, study: Study, verdicts: Verdicts) -> SetControl:
    """The block as it should be, and whether it closes the breaker.

    `spec.suspend` closes it, once no worker is left that could open it again on the strength of the same trials. From
    then on it counts new ones only, as it does in a study that was adopted.
    """
    closes = study.breaker is not None and sweep.spec.suspend and seen.workers.all_stopped
    is_new = study.control is None or closes
    breaker_from = study.counts.total if is_new else (study.control or {}).get("breakerFrom", 0)
    stop = verdicts.stop.mode if verdicts.stop is not None else None
    if verdicts.pending_end is not None:
        stop = STOP_TERMINATE
    return SetControl(study.id, control(sweep, breaker_from=breaker_from, stop=stop), closes_breaker=closes)


def control(sweep: Sweep, *, breaker_from: int = 0, stop: str | None = None) -> dict[str, Any]:
    """The block that `hpotrial.lifecycle.control` reads; its keys are part of the contract.

    The breaker counts trials from number `breaker_from` on; `stop` is given when the operator itself ends the sweep.
    """
    trials = sweep.spec.trials
    block = {
        "stop": stop or sweep.spec.stop,
        "maxTrials": trials.max,
        "breakerFrom": breaker_from,
    }
    return block if trials.timeout_seconds is None else {**block, "timeoutSeconds": trials.timeout_seconds}
