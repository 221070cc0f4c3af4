"""The first trials failed alike: what, where to look, and what to do. Called by `health`."""

from __future__ import annotations

from hposweep.model.observation import Observation
from hposweep.model.trials import Breaker
from hpotrial.protocol import BREAKER_TRIALS, LOG_TAIL

BREAKER_ACTION = "mend the cause, then set `spec.suspend` to true and back to false"


def breaker_diagnosis(seen: Observation, breaker: Breaker) -> str:
    """For `Healthy=False/FailingImmediately`."""
    pod = next((pod for pod in seen.search.pods if pod.name == breaker.pod), None)
    log = f"`{pod.log}`" if pod is not None and pod.log else f"its attribute `{LOG_TAIL}`"
    what = f"{breaker.failure_class}: {breaker.error}"
    return (
        f"the first {BREAKER_TRIALS} trials failed alike, so no more are tried: {what} "
        f"(trial {breaker.trial}, log: {log})"
    )
