"""One rule of health: its reason, its severity, and the functions that check it. `rules` lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hposweep.judge.health.view import View
from hposweep.model.findings import HealthFinding, Severity


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The result of a rule that fired: the observation with its likely causes, and the action to take."""

    message: str
    action: str
    needs_action: bool = True  # False reports it as Info, which leaves the sweep healthy


@dataclass(frozen=True, slots=True)
class HealthRule:
    """A rule about trials. `reason` is the reason of `Healthy` and of its row in `status.health`."""

    reason: str
    severity: Severity
    check: Callable[[View], Diagnosis | None]
    # Seconds until time alone makes the rule fire; None for a rule that only a finished trial can change.
    next_check_seconds: Callable[[View], float | None] | None = None

    def finding(self, view: View) -> HealthFinding | None:
        """Return the finding, or None when the rule does not fire."""
        diagnosis = self.check(view)
        if diagnosis is None:
            return None
        severity = self.severity if diagnosis.needs_action else Severity.INFO
        return HealthFinding(self.reason, severity, diagnosis.message, diagnosis.action)
