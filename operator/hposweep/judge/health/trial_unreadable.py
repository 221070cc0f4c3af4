"""Parameters or attributes of trials cannot be read, so that no criterion sees them. Listed in `rules`."""

from __future__ import annotations

from hposweep.judge.health.rule import Diagnosis, HealthRule
from hposweep.judge.health.view import View
from hposweep.model.findings import Severity
from hposweep.text import printable

_MAX_NAMED = 3
_ACTION = (
    "another program wrote these rows, or they are too large (a parameter's definition may have 1 MiB, an attribute "
    "64 KiB); look at them in `trial_params` and `trial_user_attributes` of the database"
)


def _check(view: View) -> Diagnosis | None:
    """Fire for the first such row."""
    unreadable = view.history.unreadable
    if not unreadable:
        return None
    named = [f"{row.what} of trial {row.number}" for row in unreadable[:_MAX_NAMED]]
    omitted = len(unreadable) - _MAX_NAMED
    others = f" and {omitted} more" if omitted > 0 else ""
    return Diagnosis(
        printable(f"cannot be read: {', '.join(named)}{others}; rules and criteria leave them out"), _ACTION
    )


RULE = HealthRule("TrialUnreadable", Severity.WARNING, _check)
