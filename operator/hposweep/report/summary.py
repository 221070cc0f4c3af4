"""The two fields for people: `status.state` (one word) and `status.message` (one line). Called by `status`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.cost import CostStatus
from hposweep.api.status import BestStatus, EtaStatus, TrialsStatus, WorkersStatus
from hposweep.api.sweep import Sweep
from hposweep.model.verdicts import Verdicts
from hposweep.report.decisions import pending_reason, stop_reason
from hposweep.report.eta import time_left
from hposweep.report.ledger import cost_text
from hposweep.text import number

# The first of these that is False explains why nothing runs.
_BLOCKERS = (c.ACCEPTED, c.STORAGE_READY, c.PREFLIGHT_PASSED, c.BASELINE_PASSED, c.APPROVED, c.WORKERS_READY)
_ORDINARY = (c.SCALING_UP, c.FINISHED, c.SUSPENDED)
_EQUAL_PERCENT = 0.05  # a smaller difference from the baseline is called equal; one digit of a percent is shown


@dataclass(frozen=True, slots=True)
class StatusDraft:
    """The parts of the status that state and message are derived from."""

    sweep: Sweep
    verdicts: Verdicts
    conditions: Mapping[str, Condition]  # by type
    trials: TrialsStatus
    workers: WorkersStatus
    best: BestStatus | None = None
    eta: EtaStatus | None = None
    baseline: float | None = None  # the best value of the baseline
    cost: CostStatus | None = None

    @property
    def is_complete(self) -> bool:
        return self.conditions[c.COMPLETE].is_true

    @property
    def has_ended(self) -> bool:
        return self.conditions[c.ENDED].is_true

    @property
    def is_checking(self) -> bool:
        """The gates before the preflight are open, and the preflight's own is not."""
        earlier = (self.conditions[c.ACCEPTED], self.conditions[c.STORAGE_READY])
        return all(entry.is_true for entry in earlier) and not self.conditions[c.PREFLIGHT_PASSED].is_true

    @property
    def is_trying(self) -> bool:
        """The gates before the baseline trial are open, and its own is not."""
        earlier = (c.ACCEPTED, c.STORAGE_READY, c.PREFLIGHT_PASSED)
        return all(self.conditions[kind].is_true for kind in earlier) and not self.conditions[c.BASELINE_PASSED].is_true

    @property
    def has_open_breaker(self) -> bool:
        """All workers have stopped; when the trials of one worker alone fail the same way, the others continue."""
        healthy, workers = self.conditions[c.HEALTHY], self.conditions[c.WORKERS_READY]
        return healthy.reason == c.FAILING_IMMEDIATELY and workers.reason == c.SUSPENDED


def state(draft: StatusDraft) -> str:
    """Return the state, derived from the conditions."""
    if draft.has_ended:
        return draft.conditions[c.ENDED].reason
    if draft.verdicts.stop is not None:
        return "Draining"
    if draft.sweep.spec.suspend or draft.has_open_breaker:
        return "Suspended"
    if draft.conditions[c.APPROVED].status == c.FALSE:
        return "AwaitingApproval"
    if draft.is_trying:
        return "Baseline"
    has_started = draft.workers.running or draft.trials.running or draft.trials.finished
    if has_started:
        return "Running"
    return "Checking" if draft.is_checking else "Pending"


def message(draft: StatusDraft) -> str:
    """Return why nothing runs, or the progress."""
    kinds = ((c.PREFLIGHT_PASSED, draft.is_checking), (c.BASELINE_PASSED, draft.is_trying))
    gate = next((kind for kind, is_waiting in kinds if is_waiting and not draft.has_ended), None)
    return headline(draft) or (draft.conditions[gate].message if gate is not None else progress_line(draft))


def headline(draft: StatusDraft) -> str:
    """Return the message of the condition that keeps the sweep from running; "" when it runs or has completed."""
    conditions = draft.conditions
    if conditions[c.FAILED].is_true:
        return conditions[c.FAILED].message
    blockers = (conditions[kind] for kind in _BLOCKERS if conditions[kind].status == c.FALSE)
    # An image that is being pulled explains why nothing runs, and is no news beside workers that run.
    ordinary = (*_ORDINARY, c.PULLING_IMAGE) if draft.workers.running else _ORDINARY
    blocker = next((condition for condition in blockers if condition.reason not in ordinary), None)
    if blocker is not None:
        return blocker.message.partition("\n")[0]  # the question has further lines
    has_stopped = draft.has_open_breaker or conditions[c.HEALTHY].reason == c.TOO_MANY_FAILED_TRIALS
    return conditions[c.HEALTHY].message if has_stopped and not draft.is_complete else ""


def progress_line(draft: StatusDraft) -> str:
    """Return `43 of 100 trials, best val_acc 0.312 (trial 31), 9.1 % above baseline 0.286; about 2 h left`.

    With `spec.cost`, `; 28.60 EUR so far, about 61.20 EUR at the end` follows.
    """
    parts = [
        f"{draft.trials.finished} of {draft.trials.max} trials",
        f"{draft.trials.failed} failed" if draft.trials.failed else "",
        *_best(draft),
        _ending(draft),
    ]
    clauses = (", ".join(part for part in parts if part), _time_left(draft), cost_text(draft.cost))
    return "; ".join(clause for clause in clauses if clause)


def _best(draft: StatusDraft) -> tuple[str, ...]:
    best, goal = draft.best, draft.sweep.spec.study.objectives[0].name
    if best is None:
        return ("no best value because each is infinite or infeasible",) if draft.trials.complete else ()
    return (
        f"best {goal} {number(best.value)} (trial {best.trial})",
        _against_baseline(best.values[goal], draft.baseline) if draft.baseline is not None else "",
        f"{best.front} on the Pareto front" if best.front is not None else "",
    )


def _against_baseline(best: float, baseline: float) -> str:
    """Return the difference as plain arithmetic, whichever direction is better."""
    if baseline == 0:
        return f"baseline {number(baseline)}"
    percent = 100 * (best - baseline) / abs(baseline)
    if best == baseline:
        return f"equal to baseline {number(baseline)}"
    if abs(percent) < _EQUAL_PERCENT:
        return f"equal to baseline {number(baseline)} ({abs(percent):.1g} % {'higher' if percent > 0 else 'lower'})"
    return f"{abs(percent):.1f} % {'above' if percent > 0 else 'below'} baseline {number(baseline)}"


def _ending(draft: StatusDraft) -> str:
    """Return how the sweep ended, or why it is about to end."""
    if not draft.is_complete:
        return pending_reason(draft.verdicts)
    match draft.conditions[c.COMPLETE].reason:
        case c.STOPPED_BY_USER:
            return "stopped by user"
        case c.STOPPED_BY_DECISION:
            return stop_reason(draft.verdicts)
        case c.TIME_REACHED:
            return "time limit reached"
        case c.GPU_BUDGET_REACHED:
            return "budget of GPU seconds reached"
        case c.GOAL_REACHED:
            return "goal reached"
        case c.NO_IMPROVEMENT:
            return "no improvement"
        case _:
            return ""


def _time_left(draft: StatusDraft) -> str:
    if draft.is_complete:
        return ""
    if draft.conditions[c.WORKERS_READY].reason == c.SUSPENDED and not draft.workers.running:
        return "paused"
    return time_left(draft.eta) if draft.eta is not None else ""
