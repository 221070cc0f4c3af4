"""What workers are to obey: the study attribute that carries the mutable part of the spec to them."""

from __future__ import annotations

from typing import Any

from hposweep.api.sweep import Sweep


def control(sweep: Sweep, *, breaker_from: int = 0, stop: str | None = None) -> dict[str, Any]:
    """The block that `hpotrial.control` reads; its keys are part of the contract.

    The breaker counts trials from number `breaker_from` on; `stop` is given when the operator itself ends the sweep.
    """
    trials = sweep.spec.trials
    block = {
        "stop": stop or sweep.spec.stop,
        "maxTrials": trials.max,
        "workers": sweep.spec.workers.replicas,
        "maxRetries": trials.max_retries,
        "breakerFrom": breaker_from,
    }
    return block if trials.timeout_seconds is None else {**block, "timeoutSeconds": trials.timeout_seconds}
