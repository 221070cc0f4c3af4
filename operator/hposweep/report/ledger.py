"""GPU time and its price, as numbers of the status and in its message. Called by `status` and `summary`.

The seconds of running pods grow all the time, but the status must not be written all the time. They are computed again
when a pod or a trial has changed, because the status is written then anyway, and at most every ten minutes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hposweep.api.cost import CostStatus, EndedPodsStatus, GpuSecondsStatus
from hposweep.api.status import EtaStatus, TrialsStatus
from hposweep.api.sweep import Sweep
from hposweep.model.gpu_seconds import QUEUE, WASTED, GpuSeconds, Ledger

REFRESH = timedelta(seconds=600)
_HOUR_SECONDS = 3600
_DIGITS = 3  # of a second, in the sums that last


def gpu_seconds_status(sweep: Sweep, ledger: Ledger, trials: TrialsStatus, now: datetime) -> GpuSecondsStatus | None:
    """Return the GPU seconds, or those of before when only time has passed; None in a sweep without GPUs."""
    status = sweep.status
    before = status.gpu_seconds if status is not None else None
    if ledger.is_empty and (before is None or before.is_settled):
        return before
    current = _status(ledger, now)
    if (
        status is None
        or before is None
        or _basis(before) != _basis(current)
        or _counts(status.trials) != _counts(trials)
    ):
        return current
    return before if not current.gpus or now - before.time < REFRESH else current


def cost_status(sweep: Sweep, gpu_seconds: GpuSecondsStatus | None, eta: EtaStatus | None) -> CostStatus | None:
    """Return the price; with a forecast when the time left is known and GPUs are held."""
    price = sweep.spec.cost
    if price is None or gpu_seconds is None:
        return None
    per_second = price.price_per_gpu_hour / _HOUR_SECONDS
    amount, forecast = round(gpu_seconds.allocated * per_second, 2), None
    if eta is not None and gpu_seconds.gpus:
        seconds = gpu_seconds.allocated + eta.seconds * gpu_seconds.gpus
        budget = sweep.spec.budget.gpu_seconds
        limit = seconds if budget is None else max(budget, gpu_seconds.allocated)
        forecast = round(min(seconds, limit) * per_second, 2)
    return CostStatus(amount, price.currency, forecast)


def cost_text(cost: CostStatus | None) -> str:
    """Return `28.60 EUR so far, about 61.20 EUR at the end`; "" without a price."""
    if cost is None:
        return ""
    if cost.forecast is None:
        return f"{cost.amount:.2f} {cost.currency}"
    return f"{cost.amount:.2f} {cost.currency} so far, about {cost.forecast:.2f} {cost.currency} at the end"


def _status(ledger: Ledger, now: datetime) -> GpuSecondsStatus:
    seconds = whole_seconds(ledger.total)
    ended = {use: round(value, _DIGITS) for use, value in ledger.ended.by_use().items() if value}
    return GpuSecondsStatus(
        allocated=sum(seconds.values()) - seconds[QUEUE],
        training=seconds["training"],
        idle=seconds["idle"],
        pull=seconds["pull"],
        start=seconds["start"],
        wasted={use: seconds[use] for use in WASTED if seconds[use]},
        queue=seconds[QUEUE],
        gpus=ledger.gpus,
        time=now,
        ended=EndedPodsStatus(ledger.ended_pods, ended, ledger.releasing),
        open_pods=ledger.open_pods,
        budget_reached=ledger.budget_reached,
    )


def whole_seconds(seconds: GpuSeconds) -> Mapping[str, int]:
    """Round each part so that the allocated parts add up to their rounded sum: the largest remainders are raised."""
    values = dict(seconds.by_use())
    queue = values.pop(QUEUE)
    floors = {use: math.floor(value) for use, value in values.items()}
    missing = round(math.fsum(values.values())) - sum(floors.values())
    raised = sorted(values, key=lambda use: floors[use] - values[use])[:missing]
    return {QUEUE: round(queue), **{use: floors[use] + (use in raised) for use in values}}


def _counts(trials: TrialsStatus) -> TrialsStatus:
    """Return the trials without the failures by class, which a status that was refused does not have."""
    return replace(trials, failures={})


def _basis(status: GpuSecondsStatus) -> tuple[object, ...]:
    return (status.ended, status.open_pods, status.gpus, status.budget_reached)
