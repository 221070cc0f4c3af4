"""The one word and the one line for people: printer columns, `status.state`, `status.message`. Called by `status`."""

from __future__ import annotations

from collections.abc import Mapping

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.status import BestStatus, EtaStatus, TrialsStatus, WorkersStatus
from hposweep.api.sweep import Sweep
from hposweep.model.baseline import Baseline
from hposweep.model.verdicts import Verdicts
from hposweep.report.decisions import standing, stopped_by
from hposweep.report.eta import in_words

# The first of these that is False explains why nothing runs.
_BLOCKERS = (c.ACCEPTED, c.STORAGE_READY, c.WORKERS_READY)
# Ends that somebody chose: a person at the time, or beforehand in a decision point.
_STOPS = (c.STOPPED_BY_USER, c.STOPPED_BY_DECISION)
_ORDINARY = (c.SCALING_UP, c.FINISHED, c.SUSPENDED)


def state(
    sweep: Sweep, verdicts: Verdicts, conditions: tuple[Condition, ...], workers: WorkersStatus, trials: TrialsStatus
) -> str:
    """Derived from the conditions, which are the truth."""
    held = {condition.type: condition for condition in conditions}
    if held[c.FAILED].is_true:
        return "Failed"
    if held[c.COMPLETE].is_true:
        return "Stopped" if held[c.COMPLETE].reason in _STOPS else "Complete"
    if verdicts.stop is not None:
        return "Draining"
    if sweep.spec.suspend or _is_broken(held):
        return "Suspended"
    return "Running" if workers.running or trials.running or trials.finished else "Pending"


def _is_broken(held: Mapping[str, Condition]) -> bool:
    """All workers have stopped; the trials of one worker alone may fail alike as well, and the others go on."""
    return held[c.HEALTHY].reason == c.FAILING_IMMEDIATELY and held[c.WORKERS_READY].reason == c.SUSPENDED


def message(
    sweep: Sweep,
    verdicts: Verdicts,
    conditions: tuple[Condition, ...],
    trials: TrialsStatus,
    workers: WorkersStatus,
    best: BestStatus | None,
    eta: EtaStatus | None,
    baseline: Baseline | None,
) -> str:
    """What happened so far, or why nothing does."""
    held = {condition.type: condition for condition in conditions}
    shut = (held[kind] for kind in _BLOCKERS if held[kind].status == c.FALSE)
    blocker = next((condition for condition in shut if condition.reason not in _ORDINARY), None)
    if held[c.FAILED].is_true:
        return held[c.FAILED].message
    if blocker is not None:
        return blocker.message
    is_standing = _is_broken(held) or held[c.HEALTHY].reason == c.TOO_MANY_FAILED_TRIALS
    if is_standing and not held[c.COMPLETE].is_true:
        return held[c.HEALTHY].message
    goal = sweep.spec.study.objectives[0].name
    parts = [f"{trials.finished} of {trials.max} trials"]
    if trials.failed:
        parts.append(f"{trials.failed} failed")
    if best is not None:
        parts.append(f"best {goal} {best.value:.6g} (trial {best.trial})")
    if best is not None and baseline is not None and baseline.best is not None:
        parts.append(_against(best.values[goal], baseline.best))
    if best is not None and best.front is not None:
        parts.append(f"{best.front} on the Pareto front")
    parts.append(_ending(verdicts, held[c.COMPLETE]))
    left = _left(held, workers, eta)
    return ", ".join(part for part in parts if part) + (f"; {left}" if left else "")


def _ending(verdicts: Verdicts, complete: Condition) -> str:
    """How it ended, or what is about to end it."""
    if not complete.is_true:
        return standing(verdicts)
    if complete.reason == c.STOPPED_BY_USER:
        return "stopped by user"
    if complete.reason == c.STOPPED_BY_DECISION:
        return stopped_by(verdicts)
    return "its time is up" if complete.reason == c.TIME_REACHED else ""


def _against(best: float, baseline: float) -> str:
    """Plain arithmetic, whichever way is better."""
    if baseline == 0:
        return f"baseline {baseline:.6g}"
    share = (best - baseline) / abs(baseline)
    return f"{100 * share:+.1f} % {'over' if share >= 0 else 'under'} baseline {baseline:.6g}"


def _left(held: Mapping[str, Condition], workers: WorkersStatus, eta: EtaStatus | None) -> str:
    if held[c.COMPLETE].is_true:
        return ""
    if held[c.WORKERS_READY].reason == c.SUSPENDED and not workers.running:
        return "paused"
    return in_words(eta) if eta is not None else ""
