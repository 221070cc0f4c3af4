"""`anyOf`: one of several criteria is enough. It combines verdicts and is no kind of its own."""

from __future__ import annotations

from hposweep.model.verdicts import CriterionVerdict, Outcome


def any_of(parts: tuple[CriterionVerdict, ...]) -> CriterionVerdict:
    """Return True when one is True, False when all are False, else Unknown."""
    outcomes = {part.outcome for part in parts}
    outcome = next((one for one in (Outcome.TRUE, Outcome.UNKNOWN) if one in outcomes), Outcome.FALSE)
    message = "one of: " + "; or ".join(f"{part.message} ({part.outcome})" for part in parts)
    cannot_tell = outcome == Outcome.UNKNOWN and any(part.cannot_tell for part in parts)
    evidence = {f"{position}.{part.criterion}": _numbers(part) for position, part in enumerate(parts)}
    trials = max((part.trials for part in parts if part.trials is not None), default=None)
    return CriterionVerdict("anyOf", outcome, message, trials=trials, evidence=evidence, cannot_tell=cannot_tell)


def _numbers(part: CriterionVerdict) -> dict[str, object]:
    measured = {"value": part.value, "threshold": part.threshold, "margin": part.margin, "trials": part.trials}
    return {"outcome": part.outcome.value, **measured, **part.evidence}
