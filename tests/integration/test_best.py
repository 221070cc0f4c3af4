"""The best of a study, read by SQL, is what Optuna calls the best."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import optuna
import pytest

from hposweep.database.dsn import Dsn
from hposweep.database.study import Studies
from hposweep.model.trials import Best, BestObjectiveValue, Counts
from hpotrial import protocol
from tests.integration.conftest import OWNER

pytestmark = pytest.mark.postgres
TWO = ["MAXIMIZE", "MINIMIZE"]


def best(studies: Studies, *maximized: bool) -> Best:
    study = studies.read("s", maximized or (False,))
    assert study is not None
    return study.best


@pytest.fixture
def make(studies: Studies, url: str) -> Iterator[Callable[..., optuna.Study]]:
    """The study `s` with these directions and this sampler, as Optuna sees it."""
    storage = optuna.storages.RDBStorage(protocol.driver_url(url))

    def made(directions: Sequence[str], sampler: optuna.samplers.BaseSampler | None = None) -> optuna.Study:
        studies.create("s", directions, [f"o{n}" for n in range(len(directions))], OWNER)
        return optuna.load_study(study_name="s", storage=storage, sampler=sampler)

    yield made
    storage.engine.dispose()


def test_counts_best_and_parameters_are_optunas(studies: Studies, optuna_study: optuna.Study, url: str) -> None:
    def objective(trial: optuna.Trial) -> float:
        x = trial.suggest_float("x", 1e-3, 1, log=True)
        trial.suggest_categorical("kind", ["a", None, 3])
        trial.report(-99.0, 0)
        if trial.number == 1:
            raise optuna.TrialPruned
        if trial.number == 2:
            raise ValueError
        return float("-inf") if trial.number == 3 else x

    optuna_study.optimize(objective, n_trials=6, catch=ValueError)
    optuna_study.enqueue_trial({"x": 0.5})
    optuna_study.ask()
    optuna_study.enqueue_trial({"x": 0.6})
    study = studies.read("s", [False])
    assert study is not None
    assert study.counts == Counts(complete=4, pruned=1, failed=1, running=1, waiting=1)
    finite = [trial for trial in optuna_study.trials if trial.state.name == "COMPLETE" and trial.value != float("-inf")]
    expected = min(finite, key=lambda trial: (trial.value, trial.number))
    found = study.best.trial
    assert found is not None
    assert (found.number, found.values, found.params) == (expected.number, (expected.value,), expected.params)
    other = Studies(Dsn(url))
    assert best(other, True).by_objective[0].value == max(trial.value for trial in finite)  # type: ignore[union-attr]
    other.close()


def test_a_trial_that_breaks_a_constraint_is_not_the_best(studies: Studies, optuna_study: optuna.Study) -> None:
    values = {0: 5.0, 1: 1.0, 2: 2.0, 3: 3.0}

    def objective(trial: optuna.Trial) -> float:
        trial.set_constraint("latency", -1.0)
        trial.set_constraint("memory", {1: 0.5, 2: math.inf}.get(trial.number, 0.0))
        return values[trial.number]

    optuna_study.optimize(objective, n_trials=4)
    found = best(studies).trial
    assert found is not None
    assert (found.number, found.values) == (optuna_study.best_trial.number, (3.0,))


@pytest.mark.filterwarnings(
    "ignore::optuna.exceptions.ExperimentalWarning", "ignore:.*constraints_func.*:FutureWarning"
)
@pytest.mark.filterwarnings("ignore:.*constraints_func.*:DeprecationWarning")
def test_the_constraints_of_a_sampler_hold_as_well(studies: Studies, make: Callable[..., optuna.Study]) -> None:
    broken: dict[int, Sequence[float]] = {0: (1, -1), 1: (-1.5, 0), 2: (-1e300, math.inf), 3: ()}
    constraints: Callable[[Any], Sequence[float]] = lambda trial: broken[trial.number]  # noqa: E731
    study = make(["MINIMIZE"], optuna.samplers.TPESampler(constraints_func=constraints))
    study.optimize(lambda trial: [1.0, 2.0, 0.5, 3.0][trial.number], n_trials=4)
    found = best(studies).trial
    assert found is not None
    assert found.number == study.best_trial.number == 1


def test_a_front_has_a_size_and_a_representative(studies: Studies, make: Callable[..., optuna.Study]) -> None:
    study = make(TWO)
    rng = random.Random(4)

    def objective(trial: optuna.Trial) -> tuple[float, float]:
        trial.suggest_int("n", 0, 9)
        if trial.number == 3:
            raise optuna.TrialPruned
        if trial.number == 4:
            trial.set_constraint("c", 1.0)
            return 99.0, -99.0
        return float(rng.randint(0, 6)), float(rng.randint(0, 6))

    study.optimize(objective, n_trials=30)
    front = study.best_trials
    first = max(trial.values[0] for trial in front)
    expected = min((trial for trial in front if trial.values[0] == first), key=lambda trial: trial.number)
    found = best(studies, True, False)
    assert found.trial is not None
    assert (found.trial.front, found.trial.number) == (len(front), expected.number)
    assert (found.trial.values, found.trial.params) == (tuple(expected.values), expected.params)
    complete = [trial for trial in study.trials if trial.state.name == "COMPLETE" and trial.number != 4]
    lowest = min(complete, key=lambda trial: (trial.values[1], trial.number))
    assert found.by_objective[1] == BestObjectiveValue(lowest.number, lowest.values[1])


def test_a_value_that_is_not_finite_leaves_the_other_objectives_theirs(
    studies: Studies, make: Callable[..., optuna.Study]
) -> None:
    study = make(TWO)
    assert best(studies, True, False) == Best()
    study.tell(study.ask(), [float("inf"), 2.0])
    assert best(studies, True, False) == Best(None, (None, BestObjectiveValue(0, 2.0)))


def test_the_best_is_read_again_only_when_a_trial_has_completed(
    studies: Studies, optuna_study: optuna.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    optuna_study.tell(optuna_study.ask(), 1.0)
    assert best(studies).trial is not None
    asked: list[str] = []
    rows = studies._best._rows
    monkeypatch.setattr(
        studies._best, "_rows", lambda statement, which: asked.append(statement) or rows(statement, which)
    )
    optuna_study.ask()
    best(studies)
    assert asked == []
    optuna_study.tell(optuna_study.ask(), 0.5)
    found = best(studies).trial
    assert found is not None
    assert found.values == (0.5,)
    assert asked
