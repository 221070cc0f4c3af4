"""One objective, many ends: the enqueued parameter `how` says which."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import optuna

HOWS = [
    "number",
    "raise",
    "raise-at-length",
    "prune",
    "report-nan",
    "kill-9",
    "segfault",
    "exit-0",
    "exit-3",
    "sys-exit",
    "nan",
    "none",
    "word",
    "two-values",
    "good-infinity",
    "bad-infinity",
    "wrong-suggestion",
    "suggest-twice",
    "attributes",
    "stolen-attribute",
    "prints-without-newline",
    "leaves-a-child",
    "leaves-a-thread",
    "study",
    "study-forbidden",
    "silent-child-dies",
    "looks-for-the-database",
]


def objective(trial: optuna.Trial) -> Any:
    how = trial.suggest_categorical("how", HOWS)
    return globals()["do_" + how.replace("-", "_")](trial)


def do_number(trial: optuna.Trial) -> float:
    return 0.5


def do_raise(trial: optuna.Trial) -> float:
    raise ValueError("batch is empty")


def do_raise_at_length(trial: optuna.Trial) -> float:
    raise RuntimeError("x" * 100_000)


def do_prune(trial: optuna.Trial) -> float:
    for step in range(5):
        trial.report(step * 1.0, step)
        if step == 2:
            raise optuna.TrialPruned
    return 0.0


def do_report_nan(trial: optuna.Trial) -> float:
    trial.report(float("nan"), 0)
    trial.report(float("inf"), 1)
    return 1.0


def do_kill_9(trial: optuna.Trial) -> float:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0.0


def do_segfault(trial: optuna.Trial) -> float:
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0.0


def do_exit_0(trial: optuna.Trial) -> float:
    os._exit(0)


def do_exit_3(trial: optuna.Trial) -> float:
    os._exit(3)


def do_sys_exit(trial: optuna.Trial) -> float:
    sys.exit("no data")


def do_nan(trial: optuna.Trial) -> float:
    return float("nan")


def do_none(trial: optuna.Trial) -> None:
    return None


def do_word(trial: optuna.Trial) -> str:
    return "good"


def do_two_values(trial: optuna.Trial) -> tuple[float, float]:
    return 1.0, 2.0


def do_good_infinity(trial: optuna.Trial) -> float:
    return float("-inf")  # the study minimises


def do_bad_infinity(trial: optuna.Trial) -> float:
    return float("inf")


def do_wrong_suggestion(trial: optuna.Trial) -> float:
    return trial.suggest_float("x", 2, 1)


def do_suggest_twice(trial: optuna.Trial) -> float:
    first = trial.suggest_float("twice", 1, 2)
    assert trial.suggest_float("twice", 1, 2) == first
    assert trial.params["twice"] == first
    assert trial.distributions["twice"].high == 2.0
    assert trial.datetime_start is not None
    return first


def do_attributes(trial: optuna.Trial) -> float:
    trial.set_user_attr("notes", {"deep": [1, "two", None]})
    trial.set_constraint("latency", -1.5)
    assert trial.user_attrs["notes"] == {"deep": [1, "two", None]}
    assert trial.constraints == {"latency": -1.5}
    return 1.0


def do_stolen_attribute(trial: optuna.Trial) -> float:
    trial.set_user_attr("hposweep:charged", False)
    return 1.0


def do_prints_without_newline(trial: optuna.Trial) -> float:
    print("half a line", end="")
    return 1.0


def do_leaves_a_child(trial: optuna.Trial) -> float:
    left = subprocess.Popen(["sleep", "600"])
    trial.set_user_attr("pid", left.pid)
    return 1.0


def do_leaves_a_thread(trial: optuna.Trial) -> float:
    threading.Thread(target=time.sleep, args=(600,)).start()
    return 1.0


def do_study(trial: optuna.Trial) -> float:
    study = trial.study
    assert study.direction == optuna.study.StudyDirection.MINIMIZE
    assert study.user_attrs["hposweep:owner"]
    assert trial.number in [other.number for other in study.get_trials()]
    return study.best_value + 1.0


def do_study_forbidden(trial: optuna.Trial) -> float:
    trial.study.enqueue_trial({"how": "number"})
    return 1.0


def do_silent_child_dies(trial: optuna.Trial) -> float:
    """A helper of the objective dies; the objective does not mind."""
    subprocess.run(["sh", "-c", "kill -9 $$"], check=False)
    return 2.0


def do_looks_for_the_database(trial: optuna.Trial) -> float:
    assert not [name for name, value in os.environ.items() if "postgresql://" in value]
    return 1.0
