"""The share of the budget that is used, and the forecast of the rest."""

from __future__ import annotations

from hposweep.api.status import EtaStatus
from hposweep.telemetry.series import gpu_time
from hposweep.telemetry.series.series import Row, Rows, Series, Snapshot, gauge, number


def _used(snapshot: Snapshot) -> Rows:
    status = snapshot.status
    rows: list[Row] = []
    if status.trials.max > 0:
        rows.append((("trials",), status.trials.finished / status.trials.max))
    limit = snapshot.sweep.spec.budget.active_deadline_seconds
    if limit and status.start_time is not None:
        seconds = ((status.completion_time or snapshot.now) - status.start_time).total_seconds()
        rows.append((("time",), seconds / limit))
    budget, gpu_seconds = snapshot.sweep.spec.budget.gpu_seconds, status.gpu_seconds
    if budget and gpu_seconds is not None:
        rows.append((("gpu",), gpu_time.allocated_now(gpu_seconds, snapshot.now) / budget))
    return rows


def _eta(snapshot: Snapshot) -> EtaStatus | None:
    return snapshot.status.eta


SERIES: tuple[Series, ...] = (
    gauge(
        "hposweep_budget_used_ratio",
        "Share of the budget that is used. Above 1 when `spec.trials.max` was lowered or workers still end.",
        _used,
        is_timed=True,
        budget="trials (finished of `spec.trials.max`), time (of `spec.budget.activeDeadlineSeconds`, where it is "
        "set), gpu (allocated GPU seconds of `spec.budget.gpuSeconds`, where it is set)",
    ),
    gauge(
        "hposweep_eta_seconds",
        "Time until the budget is spent, as forecast when the last trial finished.",
        lambda snapshot: number(eta.seconds if (eta := _eta(snapshot)) else None),
    ),
    gauge(
        "hposweep_eta_low_seconds",
        "Lower end of the 90 % interval of the forecast.",
        lambda snapshot: number(eta.low_seconds if (eta := _eta(snapshot)) else None),
    ),
    gauge(
        "hposweep_eta_high_seconds",
        "Upper end of the 90 % interval of the forecast.",
        lambda snapshot: number(eta.high_seconds if (eta := _eta(snapshot)) else None),
    ),
)
