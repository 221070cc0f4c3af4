"""Tiers of criteria, each with one outcome. Called by `judge` once per pass, and by `cli.judge` for a trials file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hposweep.api.criteria import Criterion
from hposweep.api.names import tier_order
from hposweep.judge.criteria.criterion import verdict
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import Outcome, TierVerdict


def tiers(success: Mapping[str, tuple[Criterion, ...]], evidence: Evidence) -> tuple[TierVerdict, ...]:
    """Return the verdicts of all tiers, the known ones first."""
    return tuple(_tier(name, success[name], evidence) for name in tier_order(success))


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Return True when all are True, False when one is False, else Unknown."""
    distinct = set(outcomes)
    if Outcome.FALSE in distinct:
        return Outcome.FALSE
    return Outcome.UNKNOWN if Outcome.UNKNOWN in distinct else Outcome.TRUE


def _tier(name: str, criteria: tuple[Criterion, ...], evidence: Evidence) -> TierVerdict:
    verdicts = tuple(verdict(criterion, evidence) for criterion in criteria)
    outcome = all_of(entry.outcome for entry in verdicts)
    cannot_tell = outcome == Outcome.UNKNOWN and any(entry.cannot_tell for entry in verdicts)
    return TierVerdict(name, outcome, verdicts, cannot_tell)
