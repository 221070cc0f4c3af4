"""`status.health[]` lists all that is worth a look, the condition `Healthy` says the worst. Called by `conditions`.

Rules about trials are judged (`judge.health`); what concerns workers, storage and the end is found here, where the
cluster's own words are at hand. Info alone leaves a sweep healthy.
"""

from __future__ import annotations

from hposweep.api import conditions as c
from hposweep.api.status import HealthStatus
from hposweep.api.sweep import Sweep
from hposweep.model.findings import HealthFinding, Severity, worst_first
from hposweep.model.observation import Observation
from hposweep.model.verdicts import Verdicts
from hposweep.report.breaker import BREAKER_ACTION, breaker_diagnosis
from hposweep.report.condition import MESSAGE_LIMIT, Words
from hposweep.report.workers import TROUBLES
from hposweep.text import truncate

_ACTIONS = {
    c.UNSCHEDULABLE: "free or add nodes, or ask for less in `spec.workers.template` of a new sweep",
    c.IMAGE_PULL_FAILED: "see that the image exists and that the pods may pull it (`imagePullSecrets`)",
    c.START_FAILED: "create what the sentence misses; the kubelet tries again by itself",
    c.NODE_SILENT: "look at the node; after `spec.workers.nodeLostSeconds` its workers are replaced",
    c.QUOTA_EXCEEDED: "raise the quota, or lower `spec.workers.replicas`",
    c.PODS_REFUSED: "change the policy that refuses the pods, or what it objects to in a new sweep",
    c.CRASH_LOOPING: "read the worker's last words and its log; the other workers go on",
    c.STORAGE_SLOW: "look at the load of the database and at the network; workers feel it between two trials",
    c.STORAGE_LOST: "look at the database; workers train on and wait `spec.study.storage.outageSeconds` for it",
    c.TOO_MANY_FAILED_TRIALS: "mend the most frequent class of `status.trials.failures`, then apply a new sweep",
    c.WORKERS_FAILED: "mend what the sentence says, then apply a new sweep; the study keeps its trials",
    c.INVALID_SPEC: "correct the file, delete the sweep, and apply it again",
}
_NO_ACTION = "see the sentence"
# All other reasons are those of rules about trials: their findings stay while the study cannot be read.
_NOT_OF_TRIALS = {*_ACTIONS, c.FAILING_IMMEDIATELY}
SLOW_SECONDS = 2.0  # a study of ten thousand trials is read in less
_ACTION_LIMIT = 1024  # characters


def healthy(sweep: Sweep, seen: Observation, verdicts: Verdicts, workers: Words) -> Words:
    """The worst finding with what to do about it; an ended sweep keeps what was said last."""
    before = sweep.status.condition(c.HEALTHY) if sweep.status is not None else None
    if sweep.has_ended and before is not None:
        return Words(c.HEALTHY, before.status, before.reason, before.message)
    found = findings(sweep, seen, verdicts, workers)
    if not seen.search.has_started and not found:
        return Words(c.HEALTHY, c.UNKNOWN, c.PENDING, "no worker has been started")
    bad = [finding for finding in found if finding.severity is not Severity.INFO]
    if not bad:
        noted = f"; {_listed(len(found))}" if found else ""
        return Words(c.HEALTHY, c.TRUE, c.HEALTHY, f"nothing to look at{noted}")
    worst, others = bad[0], len(found) - 1
    more = f"; {_listed(others)}" if others else ""
    return Words(c.HEALTHY, c.FALSE, worst.reason, f"{worst.message}; {worst.action}{more}")


def rows(sweep: Sweep, seen: Observation, verdicts: Verdicts, workers: Words) -> tuple[HealthStatus, ...]:
    """All findings; an ended sweep keeps its last ones."""
    if sweep.has_ended and sweep.status is not None:
        return sweep.status.health
    return tuple(row(finding) for finding in findings(sweep, seen, verdicts, workers))


def row(finding: HealthFinding) -> HealthStatus:
    """Bounded as the schema has it: a parameter's value or an error may be long."""
    message, action = truncate(finding.message, MESSAGE_LIMIT), truncate(finding.action, _ACTION_LIMIT)
    return HealthStatus(finding.reason, finding.severity.value, message, action)


def findings(sweep: Sweep, seen: Observation, verdicts: Verdicts, workers: Words) -> tuple[HealthFinding, ...]:
    """Those of the sweep as a whole before those of its trials, within a severity."""
    if verdicts.end is not None and verdicts.end.is_failure:
        return (_error(verdicts.end.reason, verdicts.end.message), *_of_trials(sweep, seen, verdicts))
    if not seen.search.has_started:
        return ()
    return worst_first([*_of_sweep(sweep, seen, verdicts, workers), *_of_trials(sweep, seen, verdicts)])


def _of_sweep(sweep: Sweep, seen: Observation, verdicts: Verdicts, workers: Words) -> list[HealthFinding]:
    found = []
    if not seen.storage.is_reachable:
        found.append(_error(c.STORAGE_LOST, f"the study cannot be read: {seen.storage.message}"))
    if verdicts.pending_end is not None:
        found.append(_error(verdicts.pending_end.reason, verdicts.pending_end.message))
    breaker = seen.storage.study.breaker if seen.storage.study is not None else None
    if breaker is not None:
        diagnosis = breaker_diagnosis(seen, breaker)
        found.append(HealthFinding(c.FAILING_IMMEDIATELY, Severity.ERROR, diagnosis, BREAKER_ACTION))
    if _is_slow(sweep, seen):
        message = f"reading the study took longer than {SLOW_SECONDS:g} s. Likely: a loaded database, or one far away"
        found.append(HealthFinding(c.STORAGE_SLOW, Severity.WARNING, message, _ACTIONS[c.STORAGE_SLOW]))
    if workers.reason in TROUBLES:
        severity = Severity.WARNING if seen.search.running_pods else Severity.ERROR
        found.append(HealthFinding(workers.reason, severity, workers.message, _ACTIONS[workers.reason]))
    return found


def _is_slow(sweep: Sweep, seen: Observation) -> bool:
    """Half as slow is slow enough to stay so: one that lies between would come and go with every pass."""
    was_slow = sweep.status is not None and any(known.reason == c.STORAGE_SLOW for known in sweep.status.health)
    return seen.storage.read_seconds > (SLOW_SECONDS / 2 if was_slow else SLOW_SECONDS)


def _of_trials(sweep: Sweep, seen: Observation, verdicts: Verdicts) -> tuple[HealthFinding, ...]:
    if seen.history is not None or sweep.status is None:
        return verdicts.health
    return tuple(
        HealthFinding(known.reason, Severity(known.severity), known.message, known.action)
        for known in sweep.status.health
        if known.reason not in _NOT_OF_TRIALS
    )


def _error(reason: str, message: str) -> HealthFinding:
    return HealthFinding(reason, Severity.ERROR, message, _ACTIONS.get(reason, _NO_ACTION))


def _listed(count: int) -> str:
    return f"{count} more in `status.health`" if count > 1 else "1 more in `status.health`"
