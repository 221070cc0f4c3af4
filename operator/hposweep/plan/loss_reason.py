"""Why a trial was lost with its worker: a failure class and one sentence, from what the cluster says about the pod.

Called by `trials` for pods that are gone. The evidence is the cluster's alone: the worker had no chance to speak.
"""

from __future__ import annotations

import signal

from hposweep.model.workers import Pod
from hpotrial import protocol

OUT_OF_MEMORY_WORD = "OOMKilled"  # the kubelet's
SIGNAL_BASE = 128  # a container that a signal ended has this much more as its exit code
KILLED = SIGNAL_BASE + signal.SIGKILL
GONE = "its pod is gone: deleted, or taken away with its node"


def explain(pod: Pod | None) -> tuple[str, str]:
    """Class and sentence of a pod that has ended, or that is not there any more."""
    if pod is None:
        return protocol.PREEMPTED, GONE
    if pod.terminated_reason == OUT_OF_MEMORY_WORD:
        return protocol.OUT_OF_MEMORY, f"its pod `{pod.name}` was killed for its memory ({OUT_OF_MEMORY_WORD})"
    if pod.exit_code == protocol.EXIT_STORAGE_LOST:
        return protocol.DATABASE_LOST, _with(f"its worker `{pod.name}` lost the database", pod.termination_message)
    if pod.is_disrupted or pod.exit_code in (None, protocol.EXIT_INTERRUPTED, KILLED):
        why = ": ".join(word for word in (pod.reason, pod.message) if word)
        return protocol.PREEMPTED, _with(f"its pod `{pod.name}` was ended from outside", why)
    return protocol.CRASHED, _with(f"its worker `{pod.name}` {_end(pod.exit_code)}", pod.termination_message)


def explain_silence(pod: Pod, limit_seconds: int) -> tuple[str, str]:
    """The same for one whose node does not answer."""
    return protocol.NODE_LOST, f"node `{pod.node}` of its pod `{pod.name}` was silent for {limit_seconds} s"


def _end(exit_code: int | None) -> str:
    number = (exit_code or 0) - SIGNAL_BASE
    if number in signal.valid_signals():
        return f"was killed by {signal.Signals(number).name}"
    return f"ended with exit code {exit_code} while the trial ran"


def _with(sentence: str, words: str) -> str:
    return f"{sentence}: {words}" if words else sentence
