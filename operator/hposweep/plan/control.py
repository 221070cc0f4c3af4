"""What workers are to obey: the study attribute that carries the mutable part of the spec to them."""

from __future__ import annotations

from typing import Any

from hposweep.api.sweep import Sweep


def control(sweep: Sweep) -> dict[str, Any]:
    """The block that `hpotrial.control` reads; its keys are part of the contract."""
    return {
        "stop": sweep.spec.stop,
        "maxTrials": sweep.spec.trials.max,
        "workers": sweep.spec.workers.replicas,
    }
