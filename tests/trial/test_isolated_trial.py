"""The timers of a running trial: which check is due, and how long the worker may wait for the trial's next message."""

from __future__ import annotations

from hpotrial.isolated_trial import NEVER, Timer, Timers


def test_a_timer_that_is_not_set_is_never_due() -> None:
    timers = Timers(started=100.0)
    assert timers.next_due() == NEVER
    assert not timers.is_set(Timer.REQUEUE)
    assert not any(timers.is_due(timer, now=1e9) for timer in Timer)


def test_the_earliest_timer_is_next() -> None:
    timers = Timers(started=100.0)
    timers.set(Timer.TIMEOUT, 160.0)
    timers.set(Timer.CONTROL, 102.5)
    assert timers.next_due() == 102.5
    assert not timers.is_due(Timer.CONTROL, now=102.4)
    assert timers.is_due(Timer.CONTROL, now=102.5)
    assert not timers.is_due(Timer.TIMEOUT, now=102.5)


def test_a_timer_may_be_set_again() -> None:
    timers = Timers(started=100.0)
    timers.set(Timer.CONTROL, 102.5)
    timers.set(Timer.TIMEOUT, NEVER)
    timers.set(Timer.CONTROL, 105.0)
    assert timers.next_due() == 105.0
    assert not timers.is_due(Timer.TIMEOUT, now=1e9)
