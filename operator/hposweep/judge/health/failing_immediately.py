"""Trials that fail alike at once: the first ones of the sweep, or the last ones of one worker. Asked by `findings`.

The workers stop by themselves at the first kind (their breaker, told by `report.breaker`); here it is found again in
trials that no worker of ours made. The second kind is one bad GPU or node.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hposweep.api.conditions import FAILING_IMMEDIATELY
from hposweep.judge.health.failure_summary import describe, remedy
from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.findings import Severity
from hposweep.model.history import Trial
from hpotrial.protocol import BREAKER_TRIALS, FINGERPRINT, NODE_NAME, POD_NAME


def _check(view: View) -> Diagnosis | None:
    """An Error: every further trial of these workers is wasted."""
    if view.evidence.study is not None and view.evidence.study.breaker is not None:
        return None
    control = (view.evidence.study.control if view.evidence.study is not None else None) or {}
    start = int(control.get("breakerFrom", 0))  # somebody has looked at the earlier ones
    finished = [trial for trial in view.history.finished if trial.number >= start]
    return _first_alike(finished) or _worker_alike(view, finished)


def _first_alike(finished: list[Trial]) -> Diagnosis | None:
    if not _are_alike(finished[:BREAKER_TRIALS]) or not all(trial.is_failed for trial in finished):
        return None
    last = finished[BREAKER_TRIALS - 1]
    message = f"the first {BREAKER_TRIALS} trials failed alike: {describe(last)} (trial {last.number})"
    return Diagnosis(message, remedy([last]))


def _worker_alike(view: View, finished: list[Trial]) -> Diagnosis | None:
    """Only of workers that finished something lately; those that went long ago can do no harm."""
    lately = finished[-BREAKER_TRIALS * max(view.evidence.workers, 2) :]
    by_pod: dict[str, list[Trial]] = defaultdict(list)
    for trial in lately:
        if pod := trial.attributes.get(POD_NAME):
            by_pod[str(pod)].append(trial)
    bad = sorted(pod for pod, trials in by_pod.items() if _are_alike(trials[-BREAKER_TRIALS:]))
    if not bad or view.evidence.has_ended:
        return None
    last = by_pod[bad[0]][-1]
    node = f" on node {last.attributes[NODE_NAME]}" if last.attributes.get(NODE_NAME) else ""
    more = f"; so do those of {', '.join(bad[1:4])}" if len(bad) > 1 else ""
    message = (
        f"the last {BREAKER_TRIALS} trials of worker {bad[0]}{node} failed alike: {describe(last)} "
        f"(trial {last.number}){more}"
    )
    if len(bad) == len(by_pod):
        return Diagnosis(message, remedy([last]))
    action = (
        f"other workers do not fail so: look at the GPU and the disk of the node, keep pods from it, and replace the "
        f"worker with `kubectl delete pod {bad[0]}`"
    )
    return Diagnosis(message, action)


def _are_alike(trials: Sequence[Trial]) -> bool:
    """All failed by one cause; what left no fingerprint is like nothing."""
    prints = {trial.attributes.get(FINGERPRINT) if trial.is_failed else None for trial in trials}
    return len(trials) == BREAKER_TRIALS and len(prints) == 1 and None not in prints


RULE = HealthRule(FAILING_IMMEDIATELY, Severity.ERROR, _check)
