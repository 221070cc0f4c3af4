"""The finding of the circuit breaker: why no further trials start. Called by `health` and `workers`."""

from __future__ import annotations

from hposweep.model.observation import Observation
from hposweep.model.trials import Breaker
from hpotrial.protocol import BREAKER_TRIALS, LOG_TAIL

BREAKER_ACTION = "fix the cause, then set `spec.suspend` to true and back to false"


def breaker_diagnosis(observation: Observation, breaker: Breaker) -> str:
    """Return the message of `Healthy=False/FailingImmediately`."""
    error = f"{breaker.failure_class}: {breaker.error}"
    if breaker.is_space_changed:  # the sentence says it all
        return f"{breaker_cause(breaker)}, so no further trials start: {error} (trial {breaker.trial}, not charged)"
    pod = next((pod for pod in observation.search.pods if pod.name == breaker.pod), None)
    log = f"`{pod.log}`" if pod is not None and pod.log else f"its attribute `{LOG_TAIL}`"
    return f"{breaker_cause(breaker)}, so no further trials start: {error} (trial {breaker.trial}, log: {log})"


def breaker_cause(breaker: Breaker) -> str:
    """Return in a few words why the breaker is open."""
    if breaker.is_space_changed:
        return "the code and the study define a parameter differently"
    return f"the first {BREAKER_TRIALS} trials failed the same way"
