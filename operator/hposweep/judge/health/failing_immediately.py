"""The first trials of the sweep, or the last ones of one worker, fail the same way. Listed in `rules`.

HPOSweep's workers stop by themselves in the first case (`report.breaker` reports it); this rule finds it in trials of
plain Optuna workers. The second case is a faulty GPU or node.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hposweep.api.conditions import FAILING_IMMEDIATELY
from hposweep.judge.health.failure_summary import describe, remedy
from hposweep.judge.health.peers import change, has_healthy_peer
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.findings import Severity
from hposweep.model.history import Trial
from hpotrial.protocol import BREAKER_TRIALS, FINGERPRINT, NODE_NAME, POD_NAME
from hpotrial.protocol.control import ControlBlock

REPLACE_WORKER = "cordon the node and replace the worker with `kubectl delete pod {pod}`"


def _check(view: View) -> Diagnosis | None:
    """Fire when every further trial of these workers would be wasted."""
    if view.evidence.study is not None and view.evidence.study.breaker is not None:
        return None
    control = (view.evidence.study.control if view.evidence.study is not None else None) or {}
    start = ControlBlock.from_json(control).breaker_from  # a user has resumed the sweep after the earlier ones
    finished = [trial for trial in view.history.finished if trial.number >= start]
    return _first_trials(finished) or _one_worker(view, finished)


def _first_trials(finished: list[Trial]) -> Diagnosis | None:
    if not _have_one_cause(finished[:BREAKER_TRIALS]) or not all(trial.is_failed for trial in finished):
        return None
    last = finished[BREAKER_TRIALS - 1]
    message = f"the first {BREAKER_TRIALS} trials failed the same way: {describe(last)} (trial {last.number})"
    return Diagnosis(message, remedy([last]))


def _one_worker(view: View, finished: list[Trial]) -> Diagnosis | None:
    """Look only at workers with recent trials, because those that ended long ago waste nothing."""
    recent = finished[-BREAKER_TRIALS * max(view.evidence.workers, 2) :]
    by_pod: dict[str, list[Trial]] = defaultdict(list)
    for trial in recent:
        if pod := trial.attributes.get(POD_NAME):
            by_pod[str(pod)].append(trial)
    failing = sorted(pod for pod, trials in by_pod.items() if _have_one_cause(trials[-BREAKER_TRIALS:]))
    if not failing or view.evidence.has_ended:
        return None
    last = by_pod[failing[0]][-1]
    node = f" on node {last.attributes[NODE_NAME]}" if last.attributes.get(NODE_NAME) else ""
    other_workers = f"; so did those of {', '.join(failing[1:4])}" if len(failing) > 1 else ""
    message = (
        f"the last {BREAKER_TRIALS} trials of worker {failing[0]}{node} failed the same way: {describe(last)} "
        f"(trial {last.number}){other_workers}"
    )
    if not has_healthy_peer(view, last, failing):
        return Diagnosis(f"{message}{change(view.history, last)}", remedy([last]))
    replace_worker = REPLACE_WORKER.format(pod=failing[0])
    action = f"check GPU and disk of the node, because other workers do not fail this way; {replace_worker}"
    return Diagnosis(message, action)


def _have_one_cause(trials: Sequence[Trial]) -> bool:
    """Return whether all trials failed with the same fingerprint; a trial without one never matches."""
    fingerprints = {trial.attributes.get(FINGERPRINT) if trial.is_failed else None for trial in trials}
    return len(trials) == BREAKER_TRIALS and len(fingerprints) == 1 and None not in fingerprints


RULE = HealthRule(FAILING_IMMEDIATELY, Severity.ERROR, _check)
