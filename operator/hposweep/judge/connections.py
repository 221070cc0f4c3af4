"""Has the database room for the workers? Called by `gates`, before there are any: later it would only flap."""

from __future__ import annotations

from hposweep.model.storage import Limit

PER_WORKER = 2  # one to work with, one while the first is being replaced
OF_THE_OPERATOR = 2


def missing(workers: int, limits: tuple[Limit, ...]) -> str:
    """Why not, in a sentence with the numbers; "" when there is room, or nothing is known."""
    needed = workers * PER_WORKER + OF_THE_OPERATOR
    tight = _tightest(limits)
    if tight is None or not workers or needed <= tight.free:
        return ""
    asked = f"up to {needed} connections ({PER_WORKER} each, {OF_THE_OPERATOR} for the operator)"
    return (
        f"{_workers(workers)} for {asked}, but {tight.name} allows {tight.maximum}, of which "
        f"others use {tight.in_use}: "
        "choose fewer `spec.workers.replicas`, or raise that limit"
    )


def room(workers: int, limits: tuple[Limit, ...]) -> str:
    """For the sentence of a gate that is open; "" when nothing is known."""
    tight = _tightest(limits)
    return f"{room_for(workers)} {workers * PER_WORKER} of {tight.free} free connections" if tight else ""


def room_for(workers: int) -> str:
    """How such a sentence begins, so that one that was written earlier is known again."""
    return "1 worker uses up to" if workers == 1 else f"{workers} workers use up to"


def _workers(workers: int) -> str:
    return "1 worker asks" if workers == 1 else f"{workers} workers ask"


def _tightest(limits: tuple[Limit, ...]) -> Limit | None:
    return min(limits, key=lambda limit: limit.free, default=None)
