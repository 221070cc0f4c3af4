"""The failure class and sentence of a trial that was lost with its worker. Called by `trials` for pods that are gone.

The evidence is the cluster's alone, because the worker could not report.
"""

from __future__ import annotations

import signal

from hposweep.model.workers import Pod
from hpotrial import protocol

OUT_OF_MEMORY_REASON = "OOMKilled"  # the kubelet's
SIGNAL_BASE = 128  # a container that a signal ended has this much more as its exit code
SIGKILL_EXIT_CODE = SIGNAL_BASE + signal.SIGKILL
POD_GONE_MESSAGE = "its pod is gone: deleted, or taken away with its node"


def explain(pod: Pod | None) -> tuple[str, str]:
    """Return class and sentence for a pod that has ended, or that is absent."""
    if pod is None:
        return protocol.PREEMPTED, POD_GONE_MESSAGE
    if pod.terminated_reason == OUT_OF_MEMORY_REASON:
        return protocol.OUT_OF_MEMORY, f"its pod `{pod.name}` was killed for its memory ({OUT_OF_MEMORY_REASON})"
    if pod.exit_code == protocol.EXIT_STORAGE_LOST:
        return protocol.DATABASE_LOST, _with(f"its worker `{pod.name}` lost the database", pod.termination_message)
    if pod.is_disrupted or pod.exit_code in (None, protocol.EXIT_INTERRUPTED, SIGKILL_EXIT_CODE):
        detail = ": ".join(word for word in (pod.reason, pod.message) if word)
        return protocol.PREEMPTED, _with(f"its pod `{pod.name}` was ended from outside", detail)
    return protocol.CRASHED, _with(f"its worker `{pod.name}` {_end(pod.exit_code)}", pod.termination_message)


def explain_unreachable(pod: Pod, limit_seconds: int) -> tuple[str, str]:
    """Return class and sentence for a pod whose node has not answered for `limit_seconds`."""
    return protocol.NODE_LOST, f"node `{pod.node}` of its pod `{pod.name}` was unreachable for {limit_seconds} s"


def _end(exit_code: int | None) -> str:
    number = (exit_code or 0) - SIGNAL_BASE
    if number in signal.valid_signals():
        return f"was killed by {signal.Signals(number).name}"
    return f"ended with exit code {exit_code} while the trial ran"


def _with(sentence: str, detail: str) -> str:
    return f"{sentence}: {detail}" if detail else sentence
