"""Every bad objective gets its class and its sentence, nothing is left of it, and the next trial runs.

Here by a supervisor without a database; `test_worker_ends` runs some of them by a whole worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hpotrial import protocol
from tests.trial.builders import is_alive
from tests.trial.objectives.zoo import ENDLESS, HOWS, MORE
from tests.trial.supervised import supervise

MEMORY_BYTES = 2**30
TIMEOUT_SECONDS = 0.5
COMPLETE = [
    "number",
    "report-nan",
    "bad-infinity",
    "suggest-twice",
    "attributes",
    "prints-without-newline",
    "leaves-a-child",
    "leaves-a-thread",
    "silent-child-dies",
    "looks-for-the-database",
    "prints-a-lot",
    "changes-directory",
    "forks-a-daemon",
    "bombs",
    "same-step-twice",
]
FAILED = [
    ("raise", "ObjectiveError", "ValueError: batch is empty (zoo.py:"),
    ("raise-at-length", "ObjectiveError", "RuntimeError: xxxxx"),
    ("kill-9", "Crashed", "the process was killed by SIGKILL"),
    ("segfault", "Crashed", "the process was killed by SIGSEGV"),
    ("real-segfault", "Crashed", "the process was killed by SIGSEGV"),
    ("abort", "Crashed", "the process was killed by SIGABRT"),
    ("exit-0", "Crashed", "the process ended with exit code 0 and without a result"),
    ("exit-3", "Crashed", "the process ended with exit code 3 and without a result"),
    ("sys-exit", "ObjectiveError", "SystemExit: no data (zoo.py:"),
    ("nan", "NotFinite", "the objective returned NaN"),
    ("good-infinity", "NotFinite", "the objective returned -inf, which no other trial could beat"),
    ("none", "ObjectiveError", "the objective returned None, which is not a number"),
    ("word", "ObjectiveError", "the objective returned 'good' (str), which is not a number"),
    ("two-values", "ObjectiveError", "the objective returned 2 values, the study has 1"),
    ("wrong-suggestion", "ObjectiveError", "ValueError: `low <= high`"),
    ("stolen-attribute", "ObjectiveError", "ValueError: user attribute `hposweep:charged`: the prefix"),
    ("study-forbidden", "ObjectiveError", "NotImplementedError: trial.study.ask is not available"),
    ("study", "ObjectiveError", "KeyError: 'hposweep:owner' (zoo.py:"),  # this supervisor's study has none
    ("runs-out-of-memory", "OutOfMemory", "MemoryError (zoo_of_processes.py:"),
    ("cuda-out-of-memory", "OutOfMemory", "RuntimeError: CUDA out of memory. Tried to allocate"),
    ("aborts-without-memory", "OutOfMemory", "the process was killed by SIGABRT: what():  std::bad_alloc"),
    ("imports-a-missing-module", "ImportError", "ModuleNotFoundError: No module named 'a_package_that_is_not_there'"),
    ("wraps-an-import-error", "ImportError", "RuntimeError: pip install a-package-that-is-not-there (zoo.py:"),
    ("reads-a-missing-file", "DataMissing", "FileNotFoundError: [Errno 2] No such file or directory: '/data/nowhere"),
    ("unprintable", "DataMissing", r"FileNotFoundError: [Errno 2] No such file or directory: '/data/\udcff\x00.csv'"),
    ("prints-one-long-line", "ObjectiveError", "ValueError: that was a long line (zoo_of_processes.py:"),
    ("prints-a-secret", "ObjectiveError", "ValueError: after a secret"),
    ("closes-its-output", "ObjectiveError", "ValueError: nobody hears me"),
    ("deletes-its-study", "ObjectiveError", "NotImplementedError: trial.storage.delete_study is not available"),
    ("reads-a-study-without-best", "ObjectiveError", "ValueError: No trials are completed yet."),
    ("dies-in-the-pipe", "Crashed", "the process ended with exit code 4 and without a result"),
    ("huge-attribute", "ObjectiveError", "ValueError: user attribute `weights`: 17825794 characters of JSON"),
    ("raises-from-its-message", "ObjectiveError", "ShyError: (its message cannot be printed) (zoo.py:"),
    ("loops", "TimedOut", "the trial took longer than trials.timeoutSeconds (0.5 s) and was killed"),
    ("ignores-sigterm", "TimedOut", "the trial took longer than trials.timeoutSeconds (0.5 s)"),
    ("hangs-in-c", "TimedOut", "the trial took longer than trials.timeoutSeconds (0.5 s)"),
]


@dataclass(frozen=True)
class Zoo:
    """What one supervisor made of all of them."""

    trials: Mapping[str, dict[str, Any]]
    log: str

    def tail(self, how: str) -> str:
        return str(self.trials[how]["attributes"].get(protocol.LOG_TAIL, ""))


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Zoo:
    orders: list[dict[str, Any]] = [{"how": how} for how in [*HOWS, *MORE]]
    orders += [{"how": how, "timeout_seconds": TIMEOUT_SECONDS, "grace_seconds": 0.1} for how in ENDLESS]
    found = supervise(
        tmp_path_factory.mktemp("zoo"),
        [{"reference": "zoo:objective", **order} for order in orders],
        **{protocol.MEMORY_BYTES_ENV: str(MEMORY_BYTES)},
    )
    return Zoo({order["how"]: trial for order, trial in zip(orders, found.trials, strict=True)}, found.log)


def test_the_table_names_every_animal() -> None:
    assert sorted([*COMPLETE, *[how for how, _, _ in FAILED], "prune"]) == sorted([*HOWS, *MORE, *ENDLESS])
    assert len(FAILED) >= 25


@pytest.mark.parametrize("how", COMPLETE)
def test_complete(zoo: Zoo, how: str) -> None:
    assert zoo.trials[how]["state"] == "COMPLETE", zoo.trials[how]
    assert zoo.trials[how]["attributes"] == {}


@pytest.mark.parametrize(("how", "failure_class", "sentence"), FAILED)
def test_failed_with_a_class_and_a_sentence(zoo: Zoo, how: str, failure_class: str, sentence: str) -> None:
    trial = zoo.trials[how]
    assert trial["state"] == "FAIL"
    assert trial["attributes"][protocol.CLASS] == failure_class
    assert trial["attributes"][protocol.ERROR].startswith(sentence)
    assert len(trial["attributes"][protocol.ERROR]) <= 2000
    assert failure_class in protocol.FAILURE_CLASSES


def test_pruned(zoo: Zoo) -> None:
    assert zoo.trials["prune"]["state"] == "PRUNED"
    assert zoo.trials["prune"]["reports"] == {"0": 0.0, "1": 1.0, "2": 2.0}


def test_a_step_that_is_reported_twice_keeps_its_first_value(zoo: Zoo) -> None:
    assert zoo.trials["same-step-twice"]["reports"] == {"3": 1.0}


def test_nothing_is_left_of_any(zoo: Zoo) -> None:
    assert all(trial["is_gone"] for trial in zoo.trials.values())
    # Fork server and resource tracker.
    assert {trial["children"] for trial in zoo.trials.values()} == {2}
    for how in ("leaves-a-child", "forks-a-daemon", "ignores-sigterm"):
        assert not is_alive(zoo.trials[how]["user_attributes"]["pid"]), how


def test_the_supervisor_does_not_grow(zoo: Zoo) -> None:
    trials = list(zoo.trials.values())
    assert {trial["descriptors"] for trial in trials} == {trials[0]["descriptors"]}
    assert {trial["threads"] for trial in trials} == {trials[0]["threads"]}
    # It saw 200 MB of output, and the attribute of 17 MB only from afar.
    assert trials[-1]["peak_bytes"] - trials[0]["peak_bytes"] < 20 * 2**20


def test_failures_keep_their_last_lines(zoo: Zoo) -> None:
    assert zoo.tail("raise").endswith("ValueError: batch is empty")
    assert "raise ValueError" in zoo.tail("raise")
    assert zoo.tail("prints-one-long-line").endswith("ValueError: that was a long line")
    assert zoo.tail("prints-a-secret").splitlines()[:2] == ["progress 100 %", "the password is [redacted]"]
    # It closed everything that it could have been heard through; its traceback came by the pipe.
    assert zoo.tail("closes-its-output").endswith("ValueError: nobody hears me")
    assert all(len(zoo.tail(how)) <= 4096 for how in zoo.trials)
    assert all(len(zoo.tail(how).splitlines()) <= 20 for how in zoo.trials)


def test_everything_that_was_printed_is_in_the_log(zoo: Zoo) -> None:
    assert "half a line" in zoo.log
    assert zoo.log.count("w" * 1023 + "\n") == 100 * 1024


def test_equal_causes_have_equal_fingerprints_and_others_have_others(zoo: Zoo) -> None:
    prints = {how: trial["attributes"].get(protocol.FINGERPRINT) for how, trial in zoo.trials.items()}
    assert prints["segfault"] == prints["real-segfault"]
    assert prints["loops"] == prints["hangs-in-c"]
    alike = {"real-segfault", "ignores-sigterm", "hangs-in-c"}
    others = [prints[how] for how, _, _ in FAILED if how not in alike]
    assert all(others)
    assert len(set(others)) == len(others)


def test_200_trials_cost_the_supervisor_no_memory(tmp_path: Path) -> None:
    hows = ["number", "raise", "kill-9", "prune"] * 50
    found = supervise(tmp_path, [{"reference": "zoo:objective", "how": how} for how in hows])
    first, last = found.trials[20], found.trials[-1]
    assert last["peak_bytes"] - first["peak_bytes"] < 8 * 2**20
    assert (last["descriptors"], last["threads"]) == (first["descriptors"], first["threads"])
