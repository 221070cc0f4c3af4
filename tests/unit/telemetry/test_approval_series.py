"""The series of a sweep that waits for a person's approval."""

from __future__ import annotations

from tests.unit import world
from tests.unit.telemetry.scrape import Scraper, observed


def test_the_time_of_a_missing_approval_is_shown_while_it_is_missing() -> None:
    scraper, of = Scraper(), world.sweep(approval={"required": True})
    scraper.passes(of, observed(of))
    assert scraper.value("hposweep_approval_pending_since_timestamp_seconds") == world.NOON.timestamp()
    granted = world.sweep(approval={"required": True, "granted": True, "by": "ada"})
    scraper.passes(granted, observed(granted))
    assert scraper.rows("hposweep_approval_pending_since_timestamp_seconds") == {}
