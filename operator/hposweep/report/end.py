"""The conditions about the end: `Complete`, `Failed`, and `Ended` for both. Called by `conditions` and `reconcile`."""

from __future__ import annotations

from dataclasses import replace

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.model.verdicts import Verdicts
from hposweep.report.condition import ConditionDraft
from hposweep.report.success import verdict_word

# Ends that a person chose, during the sweep or beforehand in a decision point.
_STOPS = (c.STOPPED_BY_USER, c.STOPPED_BY_DECISION)
_STOPPED = "Stopped"
_END_MESSAGES = {c.COMPLETE: "the sweep has not completed", c.FAILED: "the sweep has not failed"}


def end_drafts(sweep: Sweep, verdicts: Verdicts) -> tuple[ConditionDraft, ...]:
    """Return the three conditions; an end that was reached once stays."""
    complete = _end(sweep, verdicts, c.COMPLETE, is_failure=False)
    failed = _end(sweep, verdicts, c.FAILED, is_failure=True)
    return (_ended(complete, failed), complete, failed)


def with_end(status: Status) -> Status:
    """Return the status of an ended sweep with `Ended` and `verdict`, which earlier releases did not write."""
    end = next((entry for entry in status.conditions if entry.type in (c.COMPLETE, c.FAILED) and entry.is_true), None)
    if end is None or status.condition(c.ENDED) is not None:
        return status
    draft = _true(end)
    ended = Condition(
        draft.type, draft.status, draft.reason, draft.message, end.observed_generation, end.last_transition_time
    )
    return replace(status, verdict=verdict_word(status.success), conditions=(*status.conditions, ended))


def _end(sweep: Sweep, verdicts: Verdicts, kind: str, *, is_failure: bool) -> ConditionDraft:
    before = sweep.status.condition(kind) if sweep.status else None
    if before is not None and before.is_true:
        return ConditionDraft(kind, c.TRUE, before.reason, before.message)
    if verdicts.end is not None and verdicts.end.is_failure == is_failure and not sweep.has_ended:
        return ConditionDraft(kind, c.TRUE, verdicts.end.reason, verdicts.end.message)
    return ConditionDraft(kind, c.FALSE, c.NOT_YET, _END_MESSAGES[kind])


def _ended(complete: ConditionDraft, failed: ConditionDraft) -> ConditionDraft:
    end = next((draft for draft in (failed, complete) if draft.status == c.TRUE), None)
    return _true(end) if end is not None else ConditionDraft(c.ENDED, c.FALSE, c.NOT_YET, "the sweep has not ended")


def _true(end: Condition | ConditionDraft) -> ConditionDraft:
    return ConditionDraft(c.ENDED, c.TRUE, _state(end), f"{end.reason}: {end.message}")


def _state(end: Condition | ConditionDraft) -> str:
    """Return the word of `status.state` for `Complete` or `Failed`, whichever is True."""
    return _STOPPED if end.type == c.COMPLETE and end.reason in _STOPS else end.type
