"""The rows of `status.health` and the condition `Healthy`, which is the worst of them. Called by `conditions`.

`judge.health` has the rules about trials. Findings about workers, storage and the end are made here, because they quote
the cluster's own messages. Findings of severity Info leave a sweep healthy.
"""

from __future__ import annotations

from hposweep.api import conditions as c
from hposweep.api.status import HealthStatus
from hposweep.api.sweep import Sweep
from hposweep.model.disk_space import disk_space
from hposweep.model.findings import HealthFinding, Severity, worst_first
from hposweep.model.observation import Observation
from hposweep.model.rewind import Rewind
from hposweep.model.verdicts import Verdicts
from hposweep.report.breaker import BREAKER_ACTION, breaker_diagnosis
from hposweep.report.condition import MESSAGE_LIMIT, ConditionDraft
from hposweep.report.history_fault import HISTORY_NOT_RECORDED, history_fault
from hposweep.report.minimal import is_refused
from hposweep.report.workers import TROUBLES
from hposweep.text import count, printable, sentences, truncate

ACTIONS = {
    c.UNSCHEDULABLE: "free or add nodes, or request less in `spec.workers.template` of a new sweep",
    c.IMAGE_PULL_FAILED: "check that the image exists and that the pods may pull it (`imagePullSecrets`)",
    c.START_FAILED: "create the missing object, or fix the volume; the kubelet retries by itself",
    c.NODE_SILENT: "check the node; its workers are replaced after `spec.workers.nodeLostSeconds`",
    c.QUOTA_EXCEEDED: "raise the quota, or lower `spec.workers.replicas`",
    c.PODS_REFUSED: "change the policy that refuses the pods, or the template in a new sweep",
    c.CRASH_LOOPING: "read the worker's log; the other workers continue",
    c.STORAGE_SLOW: "check the load of the database and the network; workers are slowed down between trials",
    c.DISK_LOW: "free space there, or mount a larger volume; trials fail once it is full",
    c.STUDY_REWOUND: "restore a newer backup if there is one; else the workers make the missing trials again",
    c.STORAGE_LOST: "check the database; workers keep training and wait `spec.study.storage.outageSeconds` for it",
    c.TOO_MANY_FAILED_TRIALS: "fix the most frequent class in `status.trials.failures`, then create a new sweep",
    c.WORKERS_FAILED: "fix the error above, then create a new sweep; the study keeps its trials",
    c.INVALID_SPEC: "correct the file, delete the sweep, and apply it again",
}
_NO_ACTION = "see the message"
# All other reasons are those of rules about trials: their findings stay while the study cannot be read.
_NOT_OF_TRIALS = {
    *ACTIONS,
    c.FAILING_IMMEDIATELY,
    c.STATUS_REFUSED,
    c.INTERNAL_ERROR,
    c.JUDGEMENT_TOO_LONG,
    HISTORY_NOT_RECORDED,
}
SLOW_SECONDS = 2.0  # a study of ten thousand trials is read in less
_ACTION_LIMIT = 1024  # characters


def healthy(sweep: Sweep, observation: Observation, verdicts: Verdicts, workers: ConditionDraft) -> ConditionDraft:
    """Return the worst finding with its action; a sweep that has ended keeps its last condition."""
    before = sweep.status.condition(c.HEALTHY) if sweep.status is not None else None
    if sweep.has_ended and before is not None and before.reason != c.STATUS_REFUSED:
        return ConditionDraft(c.HEALTHY, before.status, before.reason, before.message)
    all_findings = findings(sweep, observation, verdicts, workers)
    if not has_run(observation, verdicts) and not all_findings:
        return ConditionDraft(c.HEALTHY, c.UNKNOWN, c.PENDING, "no worker has started yet")
    problems = [finding for finding in all_findings if finding.severity is not Severity.INFO]
    if not problems:
        notes = f"; {count(len(all_findings), 'note')} in `status.health`" if all_findings else ""
        return ConditionDraft(c.HEALTHY, c.TRUE, c.HEALTHY, f"no problems found{notes}")
    worst, other_count = problems[0], len(all_findings) - 1
    hint = f"{count(other_count, 'more finding')} in `status.health`" if other_count else ""
    return ConditionDraft(c.HEALTHY, c.FALSE, worst.reason, sentences(worst.message, worst.action, hint))


def has_run(observation: Observation, verdicts: Verdicts) -> bool:
    """Return whether there is something to judge: workers, or the trials of a sweep that ends without new ones.

    A local run that had finished before starts no worker when it is repeated, and keeps its verdicts.
    """
    study = observation.storage.study
    has_ended_with_trials = verdicts.end is not None and study is not None and study.counts.finished > 0
    return observation.search.has_started or has_ended_with_trials


def rows(
    sweep: Sweep, observation: Observation, verdicts: Verdicts, workers: ConditionDraft
) -> tuple[HealthStatus, ...]:
    """Return all findings; a sweep that has ended keeps its last ones."""
    if sweep.has_ended and sweep.status is not None and not is_refused(sweep.status):
        return sweep.status.health
    return tuple(row(finding) for finding in findings(sweep, observation, verdicts, workers))


def row(finding: HealthFinding) -> HealthStatus:
    """Return the row, cut to the limits of the schema because a parameter's value or an error may be long."""
    message, action = printable(finding.message), printable(finding.action)
    message, action = truncate(message, MESSAGE_LIMIT), truncate(action, _ACTION_LIMIT)
    return HealthStatus(finding.reason, finding.severity.value, message, action)


def findings(
    sweep: Sweep, observation: Observation, verdicts: Verdicts, workers: ConditionDraft
) -> tuple[HealthFinding, ...]:
    """Return all findings by severity; within one, those about the whole sweep come before those about trials."""
    if verdicts.end is not None and verdicts.end.is_failure:
        ending = _error(verdicts.end.reason, verdicts.end.message, verdicts.end.action)
        others = _of_trials(sweep, observation, verdicts)
        return (ending, *(finding for finding in others if finding.reason != ending.reason))
    if not has_run(observation, verdicts):
        return ()
    return worst_first([*_of_sweep(sweep, observation, verdicts, workers), *_of_trials(sweep, observation, verdicts)])


def _of_sweep(
    sweep: Sweep, observation: Observation, verdicts: Verdicts, workers: ConditionDraft
) -> list[HealthFinding]:
    result = []
    if not observation.storage.is_reachable:
        result.append(_error(c.STORAGE_LOST, f"the study cannot be read: {observation.storage.message}"))
    if verdicts.rewind is not None:
        result.append(_rewound(sweep, verdicts.rewind))
    if verdicts.pending_end is not None:
        result.append(_error(verdicts.pending_end.reason, verdicts.pending_end.message))
    breaker = observation.storage.study.breaker if observation.storage.study is not None else None
    if breaker is not None:
        diagnosis = breaker_diagnosis(observation, breaker)
        result.append(HealthFinding(c.FAILING_IMMEDIATELY, Severity.ERROR, diagnosis, BREAKER_ACTION))
    if _is_slow(sweep, observation):
        message = f"reading the study took longer than {SLOW_SECONDS:g} s. Likely: a database under load or far away"
        result.append(HealthFinding(c.STORAGE_SLOW, Severity.WARNING, message, ACTIONS[c.STORAGE_SLOW]))
    result.extend(_low_disk(sweep, observation))
    if workers.reason in TROUBLES:
        severity = Severity.WARNING if observation.search.running_pods else Severity.ERROR
        result.append(HealthFinding(workers.reason, severity, workers.message, ACTIONS[workers.reason]))
    result.extend(history_fault(sweep, observation))
    return result


def _rewound(sweep: Sweep, loss: Rewind) -> HealthFinding:
    is_less = loss.finished is not None and loss.finished < loss.before
    other = f", or {loss.finished} that count against the budget" if is_less else ""
    message = (
        f"study `{sweep.study_name}` had {count(loss.before, 'ended trial')} and was found with {loss.after}: its "
        "database was restored to an earlier state, or trials were deleted. No decision point and no rule of "
        f"`stopWhen` is judged until {loss.before} trials have ended again{other}; earlier decisions stay"
    )
    return _error(c.STUDY_REWOUND, message, ACTIONS[c.STUDY_REWOUND])


def _low_disk(sweep: Sweep, observation: Observation) -> tuple[HealthFinding, ...]:
    """Return a finding without the free space, which would change the status each minute."""
    space = disk_space(sweep, observation)
    if space is None or not space.is_low:
        return ()
    required = f"the {space.required_bytes / 1e9:.6g} GB of `{space.field}`"
    message = f"a worker has less free space at `{space.path}` than {required}"
    return (HealthFinding(c.DISK_LOW, Severity.WARNING, message, ACTIONS[c.DISK_LOW]),)


def _is_slow(sweep: Sweep, observation: Observation) -> bool:
    """Return whether reading was slow; the limit is halved once it was, so that the finding does not flap."""
    was_slow = sweep.status is not None and any(entry.reason == c.STORAGE_SLOW for entry in sweep.status.health)
    return observation.storage.read_seconds > (SLOW_SECONDS / 2 if was_slow else SLOW_SECONDS)


def _of_trials(sweep: Sweep, observation: Observation, verdicts: Verdicts) -> tuple[HealthFinding, ...]:
    if observation.history is not None or sweep.status is None:
        return verdicts.health
    return tuple(
        HealthFinding(entry.reason, Severity(entry.severity), entry.message, entry.action)
        for entry in sweep.status.health
        if entry.reason not in _NOT_OF_TRIALS
    )


def _error(reason: str, message: str, action: str = "") -> HealthFinding:
    return HealthFinding(reason, Severity.ERROR, message, action or ACTIONS.get(reason, _NO_ACTION))
