"""One worker gives the study that `study.optimize` gives: same parameters, same values, same states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import optuna
import pytest

from hpotrial import protocol
from tests.trial.builders import work
from tests.trial.conftest import StudyMaker, WorkerStarter
from tests.trial.objectives import learned, spaced

pytestmark = pytest.mark.postgres

TPE = {"name": "TPESampler", "options": {"n_startup_trials": 4}, "seed": 11}
MEDIAN = {"name": "MedianPruner", "options": {"n_startup_trials": 3}}
NSGA = {"name": "NSGAIISampler", "options": {"population_size": 4}, "seed": 5}
NOP: dict[str, Any] = {"name": "NopPruner"}


def described(study: optuna.Study) -> list[Any]:
    return [
        (trial.number, trial.state, trial.params, trial.distributions, trial.values, trial.intermediate_values)
        for trial in study.get_trials()
    ]


@pytest.mark.parametrize(
    ("reference", "objective", "directions", "sampler", "pruner", "reference_sampler", "reference_pruner"),
    [
        (
            "learned:trained",
            learned.trained,
            ["minimize"],
            TPE,
            MEDIAN,
            lambda: optuna.samplers.TPESampler(n_startup_trials=4, seed=11),
            lambda: optuna.pruners.MedianPruner(n_startup_trials=3),
        ),
        (
            "learned:trained",
            learned.trained,
            ["minimize"],
            {"name": "RandomSampler", "seed": 3},
            {"name": "HyperbandPruner", "options": {"min_resource": 1, "max_resource": 4}},
            lambda: optuna.samplers.RandomSampler(3),
            lambda: optuna.pruners.HyperbandPruner(min_resource=1, max_resource=4),
        ),
        (
            "learned:with_callback",
            learned.with_callback,
            ["minimize"],
            TPE,
            MEDIAN,
            lambda: optuna.samplers.TPESampler(n_startup_trials=4, seed=11),
            lambda: optuna.pruners.MedianPruner(n_startup_trials=3),
        ),
        (
            "learned:two_goals",
            learned.two_goals,
            ["minimize", "minimize"],
            NSGA,
            NOP,
            lambda: optuna.samplers.NSGAIISampler(population_size=4, seed=5),
            optuna.pruners.NopPruner,
        ),
        (
            "spaced:by_loop",
            spaced.by_loop,
            ["minimize"],
            TPE,
            NOP,
            lambda: optuna.samplers.TPESampler(n_startup_trials=4, seed=11),
            optuna.pruners.NopPruner,
        ),
    ],
)
def test_the_same_seed_gives_the_same_study(
    make_study: StudyMaker,
    start_worker: WorkerStarter,
    reference: str,
    objective: Any,
    directions: list[str],
    sampler: dict[str, Any],
    pruner: dict[str, Any],
    reference_sampler: Callable[[], optuna.samplers.BaseSampler],
    reference_pruner: Callable[[], optuna.pruners.BasePruner],
) -> None:
    study = make_study(*directions).control(max_trials=16)
    worker = start_worker(study, work(reference, sampler=sampler, pruner=pruner))
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    # Hyperband draws its brackets from the study's name.
    bare = optuna.create_study(
        study_name=study.name, directions=directions, sampler=reference_sampler(), pruner=reference_pruner()
    )
    bare.optimize(objective, n_trials=16)
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert described(study.study) == described(bare)


@pytest.mark.parametrize(
    ("sampler", "reference_sampler"),
    [
        ({"name": "RandomSampler", "seed": 3}, lambda: optuna.samplers.RandomSampler(3)),
        (TPE, lambda: optuna.samplers.TPESampler(n_startup_trials=4, seed=11)),
    ],
    ids=["random", "TPE"],
)
def test_a_definition_that_varies_changes_no_number_of_later_trials(
    make_study: StudyMaker,
    start_worker: WorkerStarter,
    sampler: dict[str, Any],
    reference_sampler: Callable[[], optuna.samplers.BaseSampler],
) -> None:
    study = make_study().control(max_trials=16)
    worker = start_worker(study, work("spaced:varying", sampler=sampler))
    bare = optuna.create_study(sampler=reference_sampler())
    bare.optimize(spaced.varying, n_trials=16, catch=(ValueError,))
    assert worker.wait() == protocol.EXIT_DONE, worker.log()
    assert described(study.study) == described(bare)
    assert len(study.of_state(optuna.trial.TrialState.FAIL)) >= 5


def test_a_conditional_space_and_fixed_values_reach_the_objective(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study().control(max_trials=12)
    space = [
        {"name": "lr", "float": {"low": 1e-5, "high": 1e-1, "log": True}},
        {"name": "depth", "int": {"low": 2, "high": 8}, "when": {"parameter": "encoder", "in": ["cnn"]}},
        {"name": "encoder", "categorical": {"choices": ["cnn", "context"]}},
    ]
    block = work("spaced:conditional", search_space=space, fixed={"epochs": 3}, sampler=TPE)
    assert start_worker(study, block).wait() == protocol.EXIT_DONE
    encoders = set()
    for trial in study.trials:
        encoders.add(trial.params["encoder"])
        assert ("depth" in trial.params) == (trial.params["encoder"] == "cnn")
        assert trial.user_attrs["chosen"] == {"epochs": 3, **trial.params}
        assert trial.value == trial.params["lr"] + trial.params.get("depth", 0)
    assert encoders == {"cnn", "context"}


def test_workers_with_one_seed_start_at_different_points(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    block = work(sampler={"name": "RandomSampler", "seed": 9})
    studies = [make_study().control(max_trials=3) for _ in range(2)]
    workers = [start_worker(study, block, index) for index, study in enumerate(studies)]
    assert [worker.wait() for worker in workers] == [protocol.EXIT_DONE] * 2
    first, second = ([trial.params["x"] for trial in study.trials] for study in studies)
    assert not set(first) & set(second)


def test_a_successor_does_not_repeat_what_its_predecessor_drew(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study, block = make_study().control(max_trials=3), work(sampler={"name": "RandomSampler", "seed": 9})
    for uid, trials in (("first", 3), ("second", 6)):
        study.control(max_trials=trials)
        worker = start_worker(study, block, **{protocol.POD_UID_ENV: uid})
        assert worker.wait() == protocol.EXIT_DONE
    drawn = [trial.params["x"] for trial in study.trials]
    assert len(set(drawn)) == 6


def test_a_grid_is_walked_once_and_then_the_worker_is_done(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    study = make_study().control(max_trials=50)
    grid = {"search_space": {"x": [-1.0, 0.0, 1.0], "y": [0, 1], "kind": ["flat"]}}
    worker = start_worker(study, work(sampler={"name": "GridSampler", "options": grid}))
    assert worker.wait() == protocol.EXIT_DONE
    assert sorted((t.params["x"], t.params["y"]) for t in study.trials) == [
        (x, y) for x in (-1.0, 0.0, 1.0) for y in (0, 1)
    ]
    assert "stopped the study" in worker.log()


def test_trials_do_not_share_their_parents_noise(make_study: StudyMaker, start_worker: WorkerStarter) -> None:
    """A fork copies NumPy's random state; without care, every trial would see the same noise."""
    unseeded, seeded = make_study().control(max_trials=3), make_study().control(max_trials=3)
    workers = [start_worker(unseeded, work("noise:objective")), start_worker(seeded, work("seeded_noise:objective"), 1)]
    assert [worker.wait() for worker in workers] == [protocol.EXIT_DONE] * 2
    assert len({trial.value for trial in unseeded.trials}) == 3
    assert len({trial.value for trial in seeded.trials}) == 1


def test_generators_made_at_import_differ_from_trial_to_trial_unless_they_are_seeded(
    make_study: StudyMaker, start_worker: WorkerStarter
) -> None:
    study = make_study().control(max_trials=4)
    workers = [start_worker(study, work("generators:objective"), index) for index in range(2)]
    assert [worker.wait() for worker in workers] == [protocol.EXIT_DONE] * 2
    draws = [number for trial in study.trials for number in trial.user_attrs["unseeded"]]
    assert len(set(draws)) == len(draws) == 4 * 5
    assert len({tuple(trial.user_attrs["seeded"]) for trial in study.trials}) == 1
    log = workers[0].log()
    for name in ("SEEDED", "LONG_SEED", "SEEDED_STATE", "SEEDED_OWN"):
        assert f"generators.{name}: a generator that is seeded at import, so every trial gets the same numbers" in log
    for name in ("RNG", "STATE", "OWN"):
        assert f"generators.{name}:" not in log
