"""Champions on real pods: trained once after the search, with values and seeds of their own, whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.evidence import Evidence
from tests.e2e.installation import Installation
from tests.e2e.operator_process import kill
from tests.e2e.patience import until
from tests.e2e.place import Place

Json = dict[str, Any]
FIRST_SEED = 1_000_000
CHAMPIONS = {"top": 2, "seeds": 3, "overrides": {"epochs": 9}}
MARK = "hposweep:champion"


def sweep(place: Place, name: str, *, seconds: float = 0.2, **spec: Any) -> Json:
    objective = place.objective("seeded:noisy", seconds=seconds, epochs=3)
    blocks = {"objective": objective, "champions": CHAMPIONS, "baseline": {"value": 400}}
    return place.sweep(name, most=6, **(blocks | spec))


def job(place: Place, name: str) -> Json | None:
    return next((entry for entry in place.jobs(name) if entry["metadata"]["name"] == f"{name}-champions"), None)


def trainings(place: Place, name: str) -> list[tuple[int, int]]:
    """Rank and seed of each complete trial of champions."""
    trials = place.database.trials(f"{place.study(name)}.champions")
    marks = (trial.attributes[MARK] for trial in trials if trial.state == "COMPLETE")
    return sorted((mark["rank"], mark["seed"]) for mark in marks)


ALL = [(rank, FIRST_SEED + place) for rank in (1, 2) for place in range(3)]


@pytest.fixture(scope="module")
def trained(shared: Place) -> Place:
    shared.apply(sweep(shared, "champ"))
    shared.until_condition("champ", "ChampionsValidated", reason="Validated")
    return shared


def test_each_configuration_is_trained_with_each_seed_and_the_overrides(trained: Place) -> None:
    assert trainings(trained, "champ") == ALL
    trials = trained.database.trials(f"{trained.study('champ')}.champions")
    assert {trial.attributes["epochs"] for trial in trials} == {9}
    assert all(trial.attributes["seed"] == trial.attributes[MARK]["seed"] for trial in trials)


def test_the_search_stays_as_it_was(trained: Place) -> None:
    trials = trained.database.trials(trained.study("champ"))
    assert len(trials) == 6
    assert {trial.attributes["epochs"] for trial in trials} == {3}
    assert {trial.attributes["seed"] for trial in trials} == {trial.number for trial in trials}
    assert trained.status("champ")["trials"]["finished"] == 6
    assert trained.status("champ")["state"] == "Complete"


def test_the_status_names_the_champion_with_its_parameters(trained: Place) -> None:
    champions = trained.status("champ")["champions"]
    (pick,) = (row for row in champions["champions"] if row["rank"] == champions["pick"])
    assert (champions["trials"], champions["finished"], champions["overrides"]) == (6, 6, {"epochs": 9})
    assert list(pick["params"]) == ["x"]
    assert champions["champions"][0]["low"] <= champions["champions"][0]["mean"] <= champions["champions"][0]["high"]


def test_their_job_has_its_own_phase_and_leaves_no_pod(trained: Place) -> None:
    champions_job = job(trained, "champ")
    assert champions_job is not None
    assert champions_job["metadata"]["labels"]["hposweep.dev/phase"] == "champions"
    until(lambda: trained.live_pods("champ"), lambda pods: not pods, seconds=60, what="no pod is left")


def test_a_pause_loses_no_training(place: Place) -> None:
    place.apply(sweep(place, "paused", seconds=3))
    until(lambda: job(place, "paused"), seconds=150, what="the Job of the champions exists")
    place.patch("paused", suspend=True)
    until(lambda: place.live_pods("paused"), lambda pods: not pods, seconds=90, what="no pod is left")
    place.patch("paused", suspend=False)
    place.until_condition("paused", "ChampionsValidated", reason="Validated", seconds=240)
    assert trainings(place, "paused") == ALL


def test_a_stop_ends_them_without_a_verdict(place: Place) -> None:
    place.apply(sweep(place, "halted", seconds=5))
    until(lambda: job(place, "halted"), seconds=150, what="the Job of the champions exists")
    place.patch("halted", stop="Terminate")
    place.until_condition("halted", "ChampionsValidated", "False", reason="Stopped")
    until(lambda: place.live_pods("halted"), lambda pods: not pods, seconds=60, what="no pod is left")
    assert len(trainings(place, "halted")) < len(ALL)


def test_a_deletion_while_they_train_deletes_both_studies(place: Place) -> None:
    place.apply(sweep(place, "deleted", seconds=5, deletionPolicy="Delete"))
    until(lambda: job(place, "deleted"), seconds=150, what="the Job of the champions exists")
    place("delete", "hposweep", "deleted", "--timeout=120s")
    studies = place.database.studies()
    assert [name for name in studies if name.startswith(place.study("deleted"))] == []


@pytest.mark.alone
def test_an_operator_killed_meanwhile_trains_none_twice(
    place: Place, installation: Installation, evidence: Evidence
) -> None:
    place.apply(sweep(place, "killed", seconds=3))
    until(lambda: job(place, "killed"), seconds=150, what="the Job of the champions exists")
    for _ in range(2):
        kill(installation, evidence)
        installation.wait_until_ready()
    place.until_condition("killed", "ChampionsValidated", reason="Validated", seconds=240)
    assert trainings(place, "killed") == ALL
    assert len(place.database.trials(f"{place.study('killed')}.champions")) == len(ALL)
