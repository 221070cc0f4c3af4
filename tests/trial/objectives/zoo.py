"""One objective, many ends: the enqueued parameter `how` says which."""

from __future__ import annotations

import os
import sys
from pathlib import Path
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
MORE = [
    "abort",
    "real-segfault",
    "runs-out-of-memory",
    "cuda-out-of-memory",
    "aborts-without-memory",
    "imports-a-missing-module",
    "wraps-an-import-error",
    "reads-a-missing-file",
    "prints-a-lot",
    "prints-one-long-line",
    "prints-a-secret",
    "closes-its-output",
    "changes-directory",
    "forks-a-daemon",
    "bombs",
    "same-step-twice",
    "deletes-its-study",
    "reads-a-study-without-best",
    "dies-in-the-pipe",
    "unprintable",
    "huge-attribute",
    "raises-from-its-message",
]
# These end only when somebody ends them.
ENDLESS = ["loops", "ignores-sigterm", "hangs-in-c"]


def objective(trial: optuna.Trial) -> Any:
    import zoo_of_processes  # only the trial's process finds it on its path

    how = trial.suggest_categorical("how", [*HOWS, *MORE, *ENDLESS])
    name = "do_" + how.replace("-", "_")
    return (globals().get(name) or getattr(zoo_of_processes, name))(trial)


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


def do_study(trial: optuna.Trial) -> float:
    study = trial.study
    assert study.direction == optuna.study.StudyDirection.MINIMIZE
    assert study.user_attrs["hposweep:owner"]
    assert trial.number in [other.number for other in study.get_trials()]
    return study.best_value + 1.0


def do_study_forbidden(trial: optuna.Trial) -> float:
    trial.study.ask()
    return 1.0


def do_cuda_out_of_memory(trial: optuna.Trial) -> float:
    raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB (GPU 0; 79.15 GiB total capacity)")


def do_imports_a_missing_module(trial: optuna.Trial) -> float:
    import a_package_that_is_not_there  # noqa: F401

    return 0.0


def do_wraps_an_import_error(trial: optuna.Trial) -> float:
    try:
        import a_package_that_is_not_there  # noqa: F401
    except ImportError:
        raise RuntimeError("pip install a-package-that-is-not-there")  # noqa: B904  (as people write it)
    return 0.0


def do_reads_a_missing_file(trial: optuna.Trial) -> float:
    return float(Path("/data/nowhere/train.csv").read_text())


def do_same_step_twice(trial: optuna.Trial) -> float:
    trial.report(1.0, 3)
    trial.report(2.0, 3)
    return 1.0


def do_deletes_its_study(trial: optuna.Trial) -> float:
    trial.study._storage.delete_study(trial.study._study_id)
    return trial.study.best_value


def do_reads_a_study_without_best(trial: optuna.Trial) -> float:
    study = optuna.create_study()
    return study.best_value


def do_unprintable(trial: optuna.Trial) -> float:
    raise FileNotFoundError(2, "No such file or directory", os.fsdecode(b"/data/\xff\x00.csv"))


def do_huge_attribute(trial: optuna.Trial) -> float:
    trial.set_user_attr("weights", "w" * (17 * 2**20))
    return 0.0


def do_raises_from_its_message(trial: optuna.Trial) -> float:
    class ShyError(Exception):
        def __str__(self) -> str:
            raise ValueError("no")

    raise ShyError
