"""What stays when a sweep goes."""

from __future__ import annotations

import pytest

from tests.builders import study
from tests.e2e.place import SECRET, Place

DELETE_SECONDS = 45


def test_a_retained_study_is_left_whole_and_goes_on_only_when_it_is_adopted(place: Place) -> None:
    name = place.study("kept")
    place.apply(place.sweep("kept", seconds=2, most=50))
    place.until_trials("kept", COMPLETE=2, RUNNING=2)
    place.delete("kept", seconds=DELETE_SECONDS)
    place.until_no_pod_is_left("kept")
    before = place.database.counts(name)
    assert place.database.studies() == [name]
    assert "hposweep:owner" not in place.database.attributes(name)
    assert before["COMPLETE"] >= 2

    most = before["COMPLETE"] + 4
    place.apply(place.sweep("kept", most=most))
    refused = place.until_condition("kept", "StorageReady", "False", seconds=10)
    assert f"study `{name}` exists" in refused["message"]
    assert f"{before['charged']} finished trials" in refused["message"]
    assert "Set `spec.study.adopt: true` to continue it" in refused["message"]
    assert place.jobs("kept") == []
    assert place.database.counts(name) == before
    place.delete("kept", seconds=10)
    assert place.database.counts(name) == before

    adopting = study(direction="Minimize", objective="loss", adopt=True)
    place.apply(place.sweep("kept", most=most, study=adopting))
    place.until_condition("kept", "Complete", reason="BudgetReached")
    place.until_no_pod_is_left("kept")
    after = place.database.counts(name)
    assert after["charged"] == most
    assert after["RUNNING"] == 0
    assert place.status("kept")["trials"]["charged"] == most


@pytest.mark.parametrize("seconds", [0.2, 600])
def test_a_study_that_shall_go_with_its_sweep_is_gone(place: Place, seconds: float) -> None:
    place.apply(place.sweep("gone", seconds=seconds, most=4, deletionPolicy="Delete"))
    if seconds < 1:
        place.until_condition("gone", "Complete")
    else:
        place.until_trials("gone", RUNNING=2)
    assert place.database.studies() == [place.study("gone")]
    place.delete("gone", seconds=DELETE_SECONDS)
    assert place.database.studies() == []
    assert place.live_pods("gone") == []


def test_a_sweep_whose_secret_is_gone_can_be_deleted(place: Place) -> None:
    place.apply(place.sweep("orphan", seconds=600))
    place.until_trials("orphan", RUNNING=2)
    place("delete", "secret", SECRET)
    place.delete("orphan", seconds=DELETE_SECONDS)
    assert place.live_pods("orphan") == []
