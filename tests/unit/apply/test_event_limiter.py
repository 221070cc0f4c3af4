"""Events of one sweep are limited; the next one says how many were withheld."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hposweep.apply.event_limiter import MAX_BURST, SECONDS_PER_EVENT, EventLimiter
from hposweep.model.event import Event
from tests.unit import world

SWEEP = world.sweep()


def events(count: int, seconds: float = 0) -> list[Event]:
    time = world.NOON + timedelta(seconds=seconds)
    return [Event("Running", f"event {place}", is_warning=False, time=time) for place in range(count)]


def test_a_burst_passes_and_what_follows_waits_for_its_time() -> None:
    limiter = EventLimiter()
    assert len(list(limiter.admitted(SWEEP, events(MAX_BURST + 5)))) == MAX_BURST
    assert list(limiter.admitted(SWEEP, events(1, SECONDS_PER_EVENT / 2))) == []
    (first,) = limiter.admitted(SWEEP, events(2, SECONDS_PER_EVENT))
    assert (
        first.message == "event 0. 6 earlier events not posted, because there were too many: `hposweep history digits`"
    )
    assert len(list(limiter.admitted(SWEEP, events(2 * MAX_BURST, 1e6)))) == MAX_BURST


def test_each_sweep_has_its_own_limit_and_a_new_one_of_the_name_a_fresh_one() -> None:
    limiter = EventLimiter()
    others = (world.sweep("other"), replace(SWEEP, uid="new"))
    for sweep in (SWEEP, *others):
        assert len(list(limiter.admitted(sweep, events(MAX_BURST + 1)))) == MAX_BURST


def test_a_clock_that_goes_back_gives_nothing() -> None:
    limiter = EventLimiter()
    list(limiter.admitted(SWEEP, events(MAX_BURST)))
    assert list(limiter.admitted(SWEEP, events(1, -1e6))) == []
