"""Builders of histories for tests of health and forecast: trials that finished one after the other, until noon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hposweep.api.sweep import Sweep
from hposweep.judge.evidence import Evidence
from hposweep.judge.health.findings import findings
from hposweep.model.baseline import Baseline
from hposweep.model.findings import HealthFinding
from hposweep.model.history import COMPLETE, FAIL, RUNNING, History, Trial
from hposweep.model.trials import Study
from hpotrial import protocol
from tests.unit import world

NOON = world.NOON
SECONDS = 60.0


def complete(number: int, value: float = 0.5, **fields: Any) -> Trial:
    """Finished at `number` minutes past eleven; it took a minute."""
    at = {"seconds": SECONDS, "completed": NOON + timedelta(minutes=number - 60)}
    return Trial(number, COMPLETE, (value,), **{"params": {"x": number / 7}, **at, **fields})


def failed(number: int, failure_class: str = "ObjectiveError", error: str = "", **fields: Any) -> Trial:
    """One cause, one fingerprint, unless `fingerprint` says otherwise."""
    attributes = {
        protocol.CLASS: failure_class,
        protocol.ERROR: error or f"ValueError: no good ({failure_class})",
        protocol.FINGERPRINT: fields.pop("fingerprint", failure_class),
        **fields.pop("attributes", {}),
    }
    at = {"seconds": SECONDS, "completed": NOON + timedelta(minutes=number - 60)}
    return Trial(number, FAIL, **{"params": {"x": number / 7}, "attributes": attributes, **at, **fields})


def running(number: int, age_seconds: float = 10.0, **fields: Any) -> Trial:
    return Trial(number, RUNNING, seconds=age_seconds, **{"params": {"x": number / 7}, **fields})


def evidence(
    sweep: Sweep,
    trials: Sequence[Trial],
    *,
    baseline: Baseline | None = None,
    study: Study | None = None,
    has_ended: bool = False,
) -> Evidence:
    return Evidence(
        goals=sweep.spec.study.objectives,
        space=sweep.spec.search_space,
        study=study or world.study(sweep),
        history=History(tuple(trials)),
        baseline=baseline,
        workers=sweep.spec.workers.replicas,
        has_ended=has_ended,
    )


def found(
    sweep: Sweep, trials: Sequence[Trial], *, workers: int = 1, now: datetime = NOON, **more: Any
) -> dict[str, HealthFinding]:
    """By reason; keywords go to `evidence`."""
    listed = findings(sweep.spec, evidence(sweep, trials, **more), workers, now)
    assert len({finding.reason for finding in listed}) == len(listed)
    assert all(finding.message and finding.action for finding in listed)
    return {finding.reason: finding for finding in listed}


def attributes(**named: Any) -> Mapping[str, Any]:
    """`pod="p"` is the attribute `hposweep:pod`."""
    return {f"{protocol.ATTRIBUTE_PREFIX}{name}": value for name, value in named.items()}
