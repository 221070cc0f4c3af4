"""The start of a study on a cluster: points, trials of other studies, trials that do not count.

The sweeps are small and mostly wait, so they run side by side.
"""

from __future__ import annotations

from typing import Any

import optuna
import pytest

from hpotrial.protocol import START, driver_url
from tests import builders
from tests.e2e.patience import until
from tests.e2e.place import Place

Json = dict[str, Any]

POINTS = [{"x": 1.0}, {"x": 2.5}]
ADDED = {"x": -3.25}
SPACE = [builders.float_parameter("x", -10.0, 10.0)]
EARLIER = {"earlier": [7.0, 2.0, 3.0], "outside": [50.0, 60.0], "empty": []}
LATE = "late"  # a study that appears after its sweep
MISSING = {"secretRef": {"name": "missing", "key": "uri"}}
UNUSABLE: dict[str, tuple[Json, str]] = {
    "absent": ({"study": LATE}, f"study `{LATE}` does not exist"),
    "outside": ({"study": "outside"}, "fits `spec.searchSpace` (trial 0: `x` is 50.0"),
    "empty": ({"study": "empty"}, "has no complete trial"),
    "upwards": ({"study": "upwards"}, "has other objectives (Maximize)"),
    "secret": ({"study": "earlier", "storage": MISSING}, "Secret `missing`"),
}
X = """
select t.number, p.param_value from trials t
  join studies s on s.study_id = t.study_id
  join trial_params p on p.trial_id = t.trial_id and p.param_name = 'x'
 where s.study_name = %(study)s order by t.number
"""


def study(**fields: Any) -> Json:
    return builders.study(direction="Minimize", objective="loss", **fields)


def make_study(place: Place, name: str, values: list[float], direction: str = "minimize") -> None:
    """Add trials with these `x` and the value |x - 2| to a study of plain Optuna, which is created where absent."""
    storage = optuna.storages.RDBStorage(driver_url(place.database.address()))
    made = optuna.create_study(storage=storage, study_name=name, direction=direction, load_if_exists=True)
    for x in values:
        made.enqueue_trial({"x": x})
        made.tell(made.ask({"x": optuna.distributions.FloatDistribution(-100, 100)}), abs(x - 2))
    storage.engine.dispose()


def values_of_x(place: Place, name: str) -> list[float]:
    return [value for _, value in place.database.rows(X, {"study": name})]


@pytest.fixture(scope="module")
def started(shared: Place) -> Place:
    """All sweeps at once."""
    for name, values in EARLIER.items():
        make_study(shared, name, values)
    make_study(shared, "upwards", [1.0], direction="maximize")
    make_study(shared, "old", [4.0, 5.0, 6.0])
    warm_start = [{"study": "earlier", "top": 2}]
    shared.apply(
        shared.sweep("points", searchSpace=SPACE, study=study(enqueue=POINTS), most=6, replicas=1, seconds=2),
        shared.sweep(
            "warm", searchSpace=SPACE, study=study(enqueue=POINTS[:1], warmStart=warm_start), most=4, replicas=1
        ),
        shared.sweep(
            "adopted", searchSpace=SPACE, study=study(name="old", adopt=True, countExisting=False), most=2, replicas=2
        ),
        *(
            shared.sweep(f"not-{name}", searchSpace=SPACE, study=study(warmStart=[{**entry, "top": 2}]), most=4)
            for name, (entry, _) in UNUSABLE.items()
        ),
    )
    return shared


def test_points_are_the_first_trials_and_one_that_is_added_is_the_next(started: Place) -> None:
    started.until_trials("points", RUNNING=1)
    started.patch("points", study={"enqueue": [*POINTS, ADDED]})
    until(
        lambda: started.status("points").get("studyStart", {}).get("points"),
        (3).__eq__,
        seconds=30,
        what="three points",
    )
    started.until_condition("points", "Complete", reason="BudgetReached")
    name = started.study("points")
    assert values_of_x(started, name)[:2] == [1.0, 2.5]
    assert ADDED["x"] in values_of_x(started, name)
    counts = started.database.counts(name)
    assert (counts["COMPLETE"], counts["charged"], sum(counts.values())) == (6, 6, 12)
    assert sum(START in trial.attributes for trial in started.database.trials(name)) == 3
    start = started.status("points")["studyStart"]
    assert (start["finished"], start["waiting"]) == (3, 0)
    assert start["message"] == "3 points of `spec.study.enqueue`"


def test_the_best_of_another_study_come_after_the_points(started: Place) -> None:
    started.until_condition("warm", "Complete", reason="BudgetReached")
    name = started.study("warm")
    assert values_of_x(started, name)[:3] == [1.0, 2.0, 3.0]
    trials = started.database.trials(name)
    assert [trial.state for trial in trials] == ["COMPLETE"] * 4
    assert [trial.attributes.get(START, {}).get("trial") for trial in trials] == [None, 1, 2, None]
    start = started.status("warm")["studyStart"]
    assert start["points"] == 3
    assert start["message"] == "1 point of `spec.study.enqueue`; 2 trials of study `earlier` (numbers 1, 2)"


def test_trials_of_an_adopted_study_do_not_count(started: Place) -> None:
    ended = started.until_condition("adopted", "Complete", reason="BudgetReached")
    assert ended["message"].startswith("5 of 5 trials")
    assert started.database.counts("old")["charged"] == 3 + 2
    trials = started.status("adopted")["trials"]
    assert (trials["max"], trials["existing"], trials["finished"]) == (5, 3, 5)


@pytest.mark.parametrize("name", sorted(set(UNUSABLE) - {"absent"}))
def test_a_study_that_cannot_be_used_is_named_and_nothing_runs(name: str, started: Place) -> None:
    accepted = started.until_condition(f"not-{name}", "Accepted", "False", reason="WarmStartUnusable")
    assert UNUSABLE[name][1] in accepted["message"]
    assert started.jobs(f"not-{name}") == []
    assert started.study(f"not-{name}") not in started.database.studies()


def test_a_sweep_starts_by_itself_once_the_other_study_is_there(started: Place) -> None:
    accepted = started.until_condition("not-absent", "Accepted", "False", reason="WarmStartUnusable")
    assert UNUSABLE["absent"][1] in accepted["message"]
    make_study(started, LATE, [8.0, 9.0])
    started.until_condition("not-absent", "Complete", reason="BudgetReached")
    assert set(values_of_x(started, started.study("not-absent"))) >= {8.0, 9.0}


def test_a_sweep_starts_by_itself_once_the_other_study_has_a_trial_that_fits(started: Place) -> None:
    started.until_condition("not-outside", "Accepted", "False", reason="WarmStartUnusable")
    make_study(started, "outside", [8.5])
    started.until_condition("not-outside", "Complete", reason="BudgetReached")
    assert 8.5 in values_of_x(started, started.study("not-outside"))


def test_a_point_outside_the_space_is_refused_until_it_is_corrected(started: Place) -> None:
    started.apply(started.sweep("corrected", searchSpace=SPACE, study=study(enqueue=[{"x": 99}]), most=2, replicas=1))
    accepted = started.until_condition("corrected", "Accepted", "False", reason="Contradiction")
    assert accepted["message"].startswith("`spec.study.enqueue[0]`: wrong value of `x` (got `99`; allowed: -10 to 10)")
    assert (started.jobs("corrected"), started.pods("corrected")) == ([], [])
    started.patch("corrected", study={"enqueue": [{"x": 9}]})
    started.until_condition("corrected", "Complete", reason="BudgetReached")
    assert values_of_x(started, started.study("corrected"))[0] == 9.0
