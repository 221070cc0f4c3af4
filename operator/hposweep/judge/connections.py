"""The connections that the workers need, against the limits of the database. Called by `gates`.

They are counted before the first worker only, because later the workers' own connections would make the gate flap.
"""

from __future__ import annotations

from hposweep.model.storage import Limit
from hposweep.text import count

PER_WORKER = 2  # one to work with, one while the first is being replaced
OF_THE_OPERATOR = 2


def required(workers: int) -> int:
    """Return how many connections must be free."""
    return workers * PER_WORKER + OF_THE_OPERATOR if workers else 0


def shortage(workers: int, limits: tuple[Limit, ...]) -> str:
    """Return which limit is too low, with the numbers; "" when it suffices or nothing is known."""
    need = required(workers)
    tightest = _tightest(limits)
    if tightest is None or not workers or need <= tightest.free:
        return ""
    return (
        f"{count(workers, 'worker')} may need {need} connections ({PER_WORKER} each, {OF_THE_OPERATOR} for the "
        f"operator), but {tightest.name} allows {tightest.maximum}, of which others use {tightest.in_use}. Lower "
        "`spec.workers.replicas` or raise that limit"
    )


def usage(workers: int, limits: tuple[Limit, ...]) -> str:
    """Return the share of the free connections for the message of an open gate; "" when nothing is known."""
    tightest = _tightest(limits)
    return f"{usage_prefix(workers)} {workers * PER_WORKER} of {tightest.free} free connections" if tightest else ""


def usage_prefix(workers: int) -> str:
    """Return the beginning of `usage`, by which an earlier message is recognized."""
    return f"{count(workers, 'worker')} {'uses' if workers == 1 else 'use'} up to"


def _tightest(limits: tuple[Limit, ...]) -> Limit | None:
    return min(limits, key=lambda limit: limit.free, default=None)
