"""Optuna's own public surface of `Trial` and `Study`, member by member, against the ones that an objective gets."""

from __future__ import annotations

import inspect
import threading
import warnings
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import BaseStorage

from hpotrial.lifecycle.trial_server import answer, facts
from hpotrial.process.storage_proxy import StorageProxy
from hpotrial.process.study_proxy import ABSENT, StudyProxy
from hpotrial.process.trial_client import Client, DirectClient, PipeClient
from hpotrial.process.trial_proxy import TrialProxy
from hpotrial.protocol.messages import Call

PAGE = Path(__file__).parents[2] / "docs/reference/trial.md"
PANDAS = "trials_dataframe"  # needs pandas, which a worker does not; tests/integrations has it


def public(kind: type) -> dict[str, Any]:
    return {name: member for name, member in inspect.getmembers(kind) if not name.startswith("_")}


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize(
    ("ours", "optunas"), [(TrialProxy, optuna.Trial), (StudyProxy, optuna.Study), (StorageProxy, BaseStorage)]
)
def test_every_public_member_has_optunas_name_kind_and_parameters(ours: type, optunas: type) -> None:
    assert issubclass(ours, optunas)
    members = public(ours)
    assert public(optunas).keys() <= members.keys()
    different = [
        name
        for name, member in public(optunas).items()
        if name not in ABSENT
        and (
            isinstance(member, property) is not isinstance(members[name], property)
            or (callable(member) and parameters(member) != parameters(members[name]))
        )
    ]
    assert different == []


def test_what_is_absent_is_the_table_of_the_page() -> None:
    rows = dict(
        row.strip("| ").split(" | ") for row in PAGE.read_text().splitlines() if row.startswith("| `trial.study.")
    )
    called = {name.strip("`").removeprefix("trial.study."): advice.replace("`", "") for name, advice in rows.items()}
    sentences = {name: advice.partition("; ")[2] or advice for name, advice in ABSENT.items()}
    table = {name: advice for name, advice in called.items() if name in ABSENT}
    assert table == sentences


def over_pipe(trial: optuna.Trial) -> tuple[Client, Callable[[], None]]:
    ours, theirs = Pipe()

    def serve() -> None:
        while isinstance(call := theirs.recv(), Call):
            theirs.send(answer(trial, call))

    server = threading.Thread(target=serve)
    server.start()

    def stop() -> None:
        ours.send(None)
        server.join()

    return PipeClient(ours, facts(trial)), stop


@pytest.fixture(params=["over the pipe", "direct"])
def trials(request: pytest.FixtureRequest) -> Iterator[tuple[optuna.Trial, optuna.Trial]]:
    """Ours, and a bare one of a study that is equal in all else."""
    ours, bare = _ask(), _ask()
    if request.param == "direct":
        yield TrialProxy(DirectClient(lambda call: answer(ours, call), facts(ours))), bare
        return
    client, stop = over_pipe(ours)
    yield TrialProxy(client), bare
    stop()


def _ask() -> optuna.Trial:
    study = optuna.create_study(study_name="contract", sampler=optuna.samplers.RandomSampler(3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study.set_metric_names(["loss"])
    study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=2)
    return study.ask()


TRIAL_CALLS: dict[str, Callable[[optuna.Trial], Any]] = {
    "suggest_float": lambda trial: trial.suggest_float("x", 0, 1),
    "suggest_int": lambda trial: trial.suggest_int("n", 1, 9, step=2),
    "suggest_categorical": lambda trial: trial.suggest_categorical("c", ["a", None, True, 3]),
    "suggest_uniform": lambda trial: trial.suggest_uniform("u", 0, 1),
    "suggest_loguniform": lambda trial: trial.suggest_loguniform("l", 0.1, 1),
    "suggest_discrete_uniform": lambda trial: trial.suggest_discrete_uniform("d", 0, 1, 0.25),
    "report": lambda trial: trial.report(0.5, 3),
    "should_prune": lambda trial: trial.should_prune(),
    "set_user_attr": lambda trial: trial.set_user_attr("note", {"a": [1]}),
    "set_constraint": lambda trial: trial.set_constraint("latency", 1),
    "constraints": lambda trial: trial.constraints,
    "params": lambda trial: trial.params,
    "relative_params": lambda trial: trial.relative_params,
    "distributions": lambda trial: trial.distributions,
    "user_attrs": lambda trial: trial.user_attrs,
    "datetime_start": lambda trial: type(trial.datetime_start),
    "number": lambda trial: trial.number,
}
STUDY_CALLS: dict[str, Callable[[optuna.Study], Any]] = {
    "study_name": lambda study: study.study_name,
    "direction": lambda study: study.direction,
    "directions": lambda study: study.directions,
    "best_value": lambda study: study.best_value,
    "best_params": lambda study: study.best_params,
    "best_trial": lambda study: study.best_trial.number,
    "best_trials": lambda study: [trial.number for trial in study.best_trials],
    "trials": lambda study: [(trial.number, trial.state, trial.params) for trial in study.trials],
    "get_trials": lambda study: [
        trial.number for trial in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
    ],
    "set_user_attr": lambda study: study.set_user_attr("seen", 1),
    "user_attrs": lambda study: study.user_attrs,
    "metric_names": lambda study: study.metric_names,
    "enqueue_trial": lambda study: study.enqueue_trial({"x": 0.5}, user_attrs={"why": "a guess"}),
    "add_trial": lambda study: study.add_trial(_waiting(0.25)),
    "add_trials": lambda study: study.add_trials([_waiting(0.125)]),
    "sampler": lambda study: type(study.sampler),
    "pruner": lambda study: type(study.pruner),
}
QUEUE = ["enqueue_trial", "add_trial", "add_trials"]


def _waiting(x: float) -> optuna.trial.FrozenTrial:
    state = optuna.trial.TrialState.WAITING
    return optuna.trial.create_trial(state=state, system_attrs={"fixed_params": {"x": x}})


def test_every_member_of_the_trial_returns_what_optunas_returns(trials: tuple[optuna.Trial, optuna.Trial]) -> None:
    ours, bare = trials
    attributes = {name for name in public(optuna.Trial) if name in TRIAL_CALLS}
    assert attributes == public(optuna.Trial).keys()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        results = {name: call(ours) for name, call in TRIAL_CALLS.items()}
        expected = {name: call(bare) for name, call in TRIAL_CALLS.items()}
    assert results == expected
    assert ours.storage.get_trial(ours._trial_id).intermediate_values == {3: 0.5}
    assert ours.relative_search_space == bare.relative_search_space


def test_every_member_of_the_study_returns_what_optunas_returns(trials: tuple[optuna.Trial, optuna.Trial]) -> None:
    ours, bare = trials
    attributes = {*STUDY_CALLS, *ABSENT, "stop", PANDAS}
    assert public(optuna.Study).keys() <= attributes
    results = {name: call(ours.study) for name, call in STUDY_CALLS.items()}
    expected = {name: call(bare.study) for name, call in STUDY_CALLS.items()}
    assert results == expected
    queue = [(trial.state, trial.system_attrs, trial.user_attrs) for trial in bare.study.trials[3:]]
    assert [(trial.state, trial.system_attrs, trial.user_attrs) for trial in ours.study.trials[3:]] == queue
    assert len(queue) == len(QUEUE)


@pytest.mark.parametrize("name", sorted(ABSENT))
def test_an_absent_member_says_what_to_do(trials: tuple[optuna.Trial, optuna.Trial], name: str) -> None:
    ours, _ = trials
    with pytest.raises(NotImplementedError, match=f"trial.study.{name} is not available inside a trial; ") as caught:
        getattr(ours.study, name)()
    assert ABSENT[name] in str(caught.value)


def test_errors_are_optunas(trials: tuple[optuna.Trial, optuna.Trial]) -> None:
    calls: list[Callable[[optuna.Trial], Any]] = [
        lambda trial: trial.suggest_float("x", 2, 1),
        lambda trial: trial.suggest_categorical("c", []),
        lambda trial: trial.report("much", 0),  # type: ignore[arg-type]
        lambda trial: trial.report(1.0, -1),
        lambda trial: trial.set_constraint("c", float("nan")),
        lambda trial: trial.study.enqueue_trial([1]),  # type: ignore[arg-type]
        lambda trial: trial.storage.get_trial(10**6),
        lambda trial: trial.storage.get_study_id_from_name("another"),
    ]
    for call in calls:
        kinds = []
        for trial in trials:
            with pytest.raises(Exception) as caught:  # noqa: PT011  (the kinds are compared)
                call(trial)
            kinds.append(type(caught.value))
        assert kinds[0] is kinds[1]
