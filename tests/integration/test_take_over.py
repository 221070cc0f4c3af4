"""Taking over a study on a real PostgreSQL: exactly one of those that try owns it, and its trials stay."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import optuna
import pytest

from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hposweep.model.ownership import SweepIdentity
from hposweep.model.plan import SetControl, SetIdentity
from hpotrial import protocol
from hpotrial.lifecycle.control import FencedError, parse_control
from tests.integration.conftest import OWNER

pytestmark = pytest.mark.postgres

NEW = "new-uid"
THIS = SweepIdentity("default", "s", "c1")
RESTORED = SweepIdentity("default", "s", "c2")


def take_over(studies: Studies, owner: str, identity: SweepIdentity, earlier: str) -> None:
    studies.create("s", ["MINIMIZE"], ["loss"], owner, identity, earlier)


def read(studies: Studies) -> Any:
    return studies.read("s", [False])


def attributes(studies: Studies) -> dict[str, str]:
    query = "select key, value_json from study_user_attributes where key like 'hposweep:%%'"
    return dict(studies._session.run(query))


@pytest.fixture
def owned(studies: Studies, optuna_study: optuna.Study) -> optuna.Study:
    """Return a study with a trial, an owner that said its names, and instructions for its workers."""
    optuna_study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=1)
    study_id = read(studies).id
    studies.set_identity(SetIdentity(study_id, THIS))
    studies.set_control(SetControl(study_id, {"stop": "Drain"}))
    return optuna_study


def test_a_new_study_has_the_names_of_its_sweep(studies: Studies) -> None:
    take_over(studies, OWNER, THIS, "")
    assert (read(studies).owner, read(studies).sweep) == (OWNER, THIS)


def test_a_study_of_an_earlier_version_has_none_until_they_are_set(
    studies: Studies, optuna_study: optuna.Study
) -> None:
    assert read(studies).sweep is None
    studies.set_identity(SetIdentity(read(studies).id, THIS))
    assert read(studies).sweep == THIS


def test_trials_stay_and_instructions_go(studies: Studies, owned: optuna.Study) -> None:
    existing = attributes(studies)[protocol.EXISTING]
    take_over(studies, NEW, RESTORED, OWNER)
    study = read(studies)
    assert (study.owner, study.sweep, study.control) == (NEW, RESTORED, None)
    assert study.counts.complete == len(owned.trials) == 1
    assert attributes(studies)[protocol.EXISTING] == existing, "the trials of the sweep before count as they did"
    assert set(studies.definitions(study.id)) == {"x"}


def test_an_adoption_counts_the_trials_that_are_there(studies: Studies, owned: optuna.Study) -> None:
    studies.disown(read(studies).id, OWNER)
    assert (read(studies).owner, read(studies).sweep) == (None, None)
    take_over(studies, NEW, THIS, "")
    assert attributes(studies)[protocol.EXISTING] == "1"


@pytest.mark.parametrize("earlier", ["", "yet-another-uid", NEW])
def test_an_owner_that_was_not_named_keeps_its_study(studies: Studies, owned: optuna.Study, earlier: str) -> None:
    before = attributes(studies)
    take_over(studies, NEW, RESTORED, earlier)
    assert attributes(studies) == before


def test_only_the_owner_disowns(studies: Studies, owned: optuna.Study) -> None:
    before = attributes(studies)
    studies.disown(read(studies).id, NEW)
    assert attributes(studies) == before


def test_taking_over_twice_changes_nothing(studies: Studies, owned: optuna.Study) -> None:
    take_over(studies, NEW, RESTORED, OWNER)
    studies.set_control(SetControl(read(studies).id, {"stop": "None"}))
    before = attributes(studies)
    take_over(studies, NEW, RESTORED, OWNER)
    assert attributes(studies) == before


def test_one_of_eight_takes_over(url: str, studies: Studies, owned: optuna.Study) -> None:
    start = threading.Barrier(8)

    def run(number: int) -> None:
        own = Studies(Dsn(url))
        start.wait()
        take_over(own, f"new-{number}", SweepIdentity("default", f"s{number}", "c1"), OWNER)
        own.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    study = read(studies)
    assert study.owner.startswith("new-")
    assert study.sweep.name == study.owner.replace("new-", "s")


def test_a_worker_of_the_sweep_before_is_fenced(studies: Studies, owned: optuna.Study) -> None:
    take_over(studies, NEW, RESTORED, OWNER)
    with pytest.raises(FencedError, match=f"belongs to the sweep with uid {NEW}"):
        parse_control(attributes(studies), "s", OWNER)
