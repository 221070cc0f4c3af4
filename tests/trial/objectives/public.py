"""What public scripts do with their trial besides the usual calls. Each objective returns the trial's `x`."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import optuna
from optuna.artifacts import FileSystemArtifactStore, upload_artifact
from optuna.terminator import report_cross_validation_scores


def surface(trial: optuna.Trial) -> float:
    """What the callers of public projects ask for, and what each came to."""
    x = trial.suggest_float("x", 0, 1)
    outcomes: dict[str, str] = {}

    def note(name: str, call: Any) -> None:
        try:
            outcomes[name] = str(call())
        except Exception as error:
            outcomes[name] = f"{type(error).__name__}: {error}"

    folder = Path("artifacts")
    folder.mkdir(exist_ok=True)
    model = Path(f"model-{os.getpid()}.txt")
    model.write_text(str(x))
    store = FileSystemArtifactStore(folder)
    note("is_trial", lambda: isinstance(trial, optuna.Trial) and isinstance(trial, optuna.trial.BaseTrial))
    note("is_study", lambda: isinstance(trial.study, optuna.Study))
    note("is_multi_objective", lambda: trial.study._is_multi_objective())
    note("id", lambda: trial.storage.get_trial(trial._trial_id).number == trial.number)
    note("study_id", lambda: trial.storage.get_study_id_from_name(trial.study.study_name) == trial.study._study_id)
    note(
        "artifact",
        lambda: bool(upload_artifact(artifact_store=store, file_path=str(model), study_or_trial=trial)),
    )
    note(
        "artifact_of_study",
        lambda: bool(upload_artifact(artifact_store=store, file_path=str(model), study_or_trial=trial.study)),
    )
    note("scores", lambda: report_cross_validation_scores(trial, [1.0, 2.0]))
    note("system_attr", lambda: trial.storage.set_trial_system_attr(trial._trial_id, "mlflow_run_id", "r1"))
    note("read_system_attr", lambda: trial.storage.get_trial_system_attrs(trial._trial_id)["mlflow_run_id"])
    note("user_attr", lambda: trial.storage.set_trial_user_attr(trial._trial_id, "mine", [1]))
    note("read_user_attr", lambda: trial.storage.get_trial(trial._trial_id).user_attrs["mine"])
    note("study_attr", lambda: trial.study.set_user_attr("a", 1))
    note("read_study_attr", lambda: trial.study.user_attrs["a"])
    note("sampler", lambda: type(trial.study.sampler).__name__)
    note("pruner", lambda: type(trial.study.pruner).__name__)
    note("dataframe", lambda: "params_x" in trial.study.trials_dataframe())
    note("trials", lambda: all(isinstance(other, optuna.trial.FrozenTrial) for other in trial.study.trials))
    note("complete", lambda: {t.state.name for t in trial.study.get_trials(deepcopy=False, states=(COMPLETE,))})
    note("best", lambda: trial.number == 0 or trial.study.best_trial.value == trial.study.best_value)
    trial.set_user_attr("outcomes", outcomes)
    return x


COMPLETE = optuna.trial.TrialState.COMPLETE


def enqueues(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", 0, 1)
    if trial.number == 0:
        trial.study.enqueue_trial({"x": 0.5}, user_attrs={"why": "a guess"})
        trial.study.enqueue_trial({"x": 0.5}, skip_if_exists=True)
        trial.study.enqueue_trial({"x": 0.25})
    return x


def enqueues_always(trial: optuna.Trial) -> float:
    for _ in range(3):
        trial.study.enqueue_trial({"x": 0.5})
    return trial.suggest_float("x", 0, 1)


def oversteps(trial: optuna.Trial) -> float:
    """What would break the budget or the sweep's own records is refused with a sentence."""
    x = trial.suggest_float("x", 0, 1)
    finished = optuna.trial.create_trial(state=COMPLETE, value=1.0)
    calls: dict[str, Any] = {
        "ask": lambda: trial.study.ask(),
        "tell": lambda: trial.study.tell(trial, 1.0),
        "optimize": lambda: trial.study.optimize(lambda _: 1.0, n_trials=1),
        "add_trial": lambda: trial.study.add_trial(finished),
        "set_metric_names": lambda: trial.study.set_metric_names(["m"]),
        "control": lambda: trial.study.set_user_attr("hposweep:control", {}),
        "own_mark": lambda: trial.storage.set_trial_user_attr(trial._trial_id, "hposweep:charged", False),
        "other_trial": lambda: trial.storage.set_trial_user_attr(trial._trial_id + 1, "a", 1),
        "delete": lambda: trial.storage.delete_study(trial.study._study_id),
        "number_as_name": lambda: trial.set_user_attr(5, "five"),  # type: ignore[arg-type]
        "number_as_parameter": lambda: trial.suggest_int(5, 0, 1),  # type: ignore[arg-type]
        "study_name_with_nul": lambda: trial.study.set_user_attr("a\0", 1),
        "study_name_too_long": lambda: trial.study.set_user_attr("k" * 600, 1),
        "enqueued_name_with_nul": lambda: trial.study.enqueue_trial({}, user_attrs={"a\0": 1}),
        "sampler": lambda: setattr(trial.study, "sampler", None),
        "end": lambda: trial.storage.set_trial_state_values(trial._trial_id, COMPLETE, [1.0]),
    }
    outcomes = {}
    for name, call in calls.items():
        try:
            outcomes[name] = f"passed: {call()}"
        except Exception as error:
            outcomes[name] = f"{type(error).__name__}: {error}"
    trial.set_user_attr("outcomes", outcomes)
    return x


def forks(trial: optuna.Trial) -> float:
    """A rank or a loader that uses the trial while its parent does."""
    x = trial.suggest_float("x", 0, 1)
    pid = os.fork()
    if pid == 0:
        for step in range(200):
            trial.report(x + step, step)
        os._exit(0)
    for step in range(200):
        trial.report(x + step, 1000 + step)
        assert trial.suggest_float("y", 0, 1) == trial.params["y"]
    _, status = os.waitpid(pid, 0)
    trial.set_user_attr("status_of_child", status)
    return x


def forks_and_is_killed(trial: optuna.Trial) -> float:
    """Children that are killed at any moment of a call."""
    x = trial.suggest_float("x", 0, 1)
    for attempt in range(20):
        pid = os.fork()
        if pid == 0:
            while True:
                trial.suggest_float("z", 5, 6)
        for step in range(5):
            trial.report(x, attempt * 5 + step)
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        assert trial.suggest_float("x", 0, 1) == x
    return x


def returns_twice(trial: optuna.Trial) -> float:
    """A forked process that returns from the objective too, and one that raises."""
    x = trial.suggest_float("x", 0, 1)
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            if trial.number % 2:
                raise ValueError("in a forked process")
            return 5.0
        os.waitpid(pid, 0)
    return x


def threads(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", 0, 1)
    together = threading.Barrier(4)

    def use(index: int) -> float:
        together.wait()
        for step in range(50):
            trial.report(x, 50 * index + step)
            value = trial.suggest_float(f"p{index}", index, index + 1)
            assert len(trial.study.trials) == trial.number + 1
        return value

    with ThreadPoolExecutor(4) as pool:
        values = list(pool.map(use, range(4)))  # raises what a thread raised
    assert values == [trial.params[f"p{index}"] for index in range(4)]
    return x


def fold(arguments: tuple[optuna.Trial, int]) -> float:
    trial, index = arguments
    return float(trial.params["x"]) + index


def reports_from_elsewhere(trial: optuna.Trial) -> str:
    try:
        trial.report(1.0, 0)
    except RuntimeError as error:
        return str(error)
    return "reported"


def copies(trial: optuna.Trial) -> float:
    """Copies of the trial, here and in pools of processes."""
    x = trial.suggest_float("x", 0, 1)
    same = copy.deepcopy(trial)
    assert same.params == trial.params
    assert same.suggest_float("y", 0, 1) == trial.params["y"]
    unpickled = pickle.loads(pickle.dumps(trial))  # noqa: S301  (our own bytes)
    assert isinstance(unpickled, optuna.Trial)
    assert unpickled.number == trial.number
    study = pickle.loads(pickle.dumps(trial.study))  # noqa: S301  (our own bytes)
    assert study.study_name == trial.study.study_name
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        assert list(pool.map(fold, [(trial, 0), (trial, 1)])) == [x, x + 1]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(fold, [(trial, 2)])) == [x + 2]
        trial.set_user_attr("elsewhere", next(iter(pool.map(reports_from_elsewhere, [trial]))))
    return x


def outlives(trial: optuna.Trial) -> float:
    """The second trial uses what the first one pickled."""
    file = Path("trial.pickle")
    if file.exists():
        earlier = pickle.loads(file.read_bytes())  # noqa: S301  (our own bytes)
        trial.set_user_attr("number", earlier.number)
        trial.set_user_attr("sentence", reports_from_elsewhere(earlier))
        file.unlink()
    else:
        file.write_bytes(pickle.dumps(trial))
    return trial.suggest_float("x", 0, 1)


def private(trial: optuna.Trial) -> float:
    """A program that the objective starts knows nothing of the database."""
    secrets = [name for name, value in os.environ.items() if "postgresql://" in value]
    found = subprocess.run([sys.executable, "-c", "import os; print(os.environ)"], capture_output=True, check=True)
    trial.set_user_attr("secrets", secrets + [line for line in found.stdout.decode().split() if "postgresql" in line])
    return trial.suggest_float("x", 0, 1)
