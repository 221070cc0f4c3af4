"""The operator is killed ten times during a sweep, from its first second on, and nobody notices."""

from __future__ import annotations

import pytest

from tests.builders import best_value, trials_finished
from tests.e2e.evidence import Evidence
from tests.e2e.figures import Figures
from tests.e2e.installation import Installation
from tests.e2e.operator_process import kill
from tests.e2e.place import Place

pytestmark = pytest.mark.alone

KILLS, MOST, SECONDS = 10, 40, 3.0


def test_ten_kills_change_neither_the_trials_nor_the_verdict(
    place: Place, installation: Installation, evidence: Evidence, figures: Figures
) -> None:
    success = {"minimum": [trials_finished(MOST)], "full": [best_value(less_than=100.0)]}
    place.apply(place.sweep("killed", seconds=SECONDS, most=MOST, success=success))
    killed = {kill(installation, evidence)}  # most likely before there is a Job
    while len(killed) < KILLS:
        if len(killed) % 2:
            installation.wait_until_ready()  # every other one only starts when it is killed
        killed.add(kill(installation, evidence))
    counts = place.database.counts(place.study("killed"))
    assert counts["charged"] < MOST, f"the sweep must outlast the kills: {counts}"
    installation.wait_until_ready()

    place.until_condition("killed", "Complete", reason="BudgetReached", seconds=150)
    place.until_no_pod_is_left("killed")
    trials = place.database.trials(place.study("killed"))
    assert [trial.number for trial in trials] == list(range(MOST))
    assert {trial.state for trial in trials} == {"COMPLETE"}
    assert [job["metadata"]["name"] for job in place.jobs("killed")] == ["killed-search"]
    assert len(place.pods("killed")) == 2
    conditions = place.conditions("killed")
    assert conditions["MinimumSuccess"]["status"] == conditions["FullSuccess"]["status"] == "True"
    told = [event["reason"] for event in place.events("killed")]
    assert told.count("BudgetReached") == 1
    assert told.count("Connected") == 1
    figures.tell(
        f"operator killed {len(killed)} times, {counts['charged']} trials charged by then: "
        f"{len(trials)} trials at the end, 1 Job, 2 pods"
    )
