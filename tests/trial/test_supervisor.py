"""One trial's process: where it is forked from, how it is ended, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpotrial import protocol
from hpotrial.process import reaper
from hpotrial.process.memory import MAX_SCORE, SCORE_ABOVE_SUPERVISOR
from tests.trial.builders import OBJECTIVES, is_alive, until, work
from tests.trial.supervised import supervise

PROGRAM = [sys.executable, str(OBJECTIVES / "programs.py")]


def order(reference: str = "", **more: object) -> dict[str, object]:
    return {"reference": reference, **more}


def test_a_command_runs_in_the_trials_process(tmp_path: Path) -> None:
    found = supervise(tmp_path, [order()], {"objective": {"command": [*PROGRAM, "echo"]}})
    assert found.trials[0]["state"] == "COMPLETE", found.log
    assert found.trials[0]["values"] == [1.5]


def test_a_command_that_fails_says_why_in_its_own_words(tmp_path: Path) -> None:
    found = supervise(tmp_path, [order()] * 2, {"objective": {"command": [*PROGRAM, "imports"]}})
    first, second = (trial["attributes"] for trial in found.trials)
    assert first[protocol.CLASS] == "ImportError"
    assert first[protocol.ERROR].endswith(
        "exit code 1: ModuleNotFoundError: No module named 'a_package_that_is_not_there'"
    )
    assert "Traceback (most recent call last)" in first[protocol.LOG_TAIL]
    assert first[protocol.FINGERPRINT] == second[protocol.FINGERPRINT]


def test_a_command_that_is_too_slow_is_ended_and_leaves_no_files(tmp_path: Path) -> None:
    block = {"objective": {"command": [*PROGRAM, "waits"]}}
    found = supervise(tmp_path, [order(timeout_seconds=0.5)], block)
    assert found.trials[0]["attributes"][protocol.CLASS] == "TimedOut"
    assert found.trials[0]["is_gone"]
    assert list(tmp_path.glob("hpotrial-*")) == []


def test_a_command_may_save_its_work_within_the_grace_period(tmp_path: Path) -> None:
    block = {"objective": {"command": [*PROGRAM, "saves-at-sigterm"]}}
    found = supervise(
        tmp_path, [order(timeout_seconds=2.0, grace_seconds=20.0)], block, **{protocol.SOURCE_PATH_ENV: str(tmp_path)}
    )
    assert found.trials[0]["attributes"][protocol.CLASS] == "TimedOut"
    assert (tmp_path / "ready").exists()
    assert (tmp_path / "saved").exists()


def test_processes_of_the_objective_are_forked_as_in_plain_python(tmp_path: Path) -> None:
    block = work("start_methods:pools")
    found = supervise(tmp_path, [order("start_methods:pools"), order("start_methods:chooses")], block)
    assert [trial["values"] for trial in found.trials] == [[14.0], [1.0]], found.log
    assert found.trials[0]["reports"] == {"0": 7.0}
    assert found.trials[1]["user_attributes"]["start_method"] == "spawn"


def test_a_module_chooses_the_start_method_of_its_processes(tmp_path: Path) -> None:
    found = supervise(tmp_path, [order("spawns:objective")] * 2, work("spawns:objective"))
    methods = [trial["user_attributes"]["start_method"] for trial in found.trials]
    assert methods == ["spawn", "spawn"], found.log


@pytest.mark.parametrize(
    ("block", "failure_class", "sentence"),
    [
        (work("needs_a_package:objective"), "ImportError", "objective `needs_a_package:objective`: importing"),
        (work("nowhere:objective"), "ImportError", "objective `nowhere:objective`: no module `nowhere`"),
        (work("plain:objectiv"), "ObjectiveError", "objective `plain:objectiv`: `plain` has no `objectiv`"),
        ({"objective": {"command": ["no-such-program"]}}, "ObjectiveError", "spec.objective.command: `no-such-"),
    ],
)
def test_an_objective_that_cannot_be_found_within_a_trial(
    tmp_path: Path, block: dict[str, dict[str, str]], failure_class: str, sentence: str
) -> None:
    found = supervise(tmp_path, [order(block["objective"].get("python", ""))], block)
    assert found.trials[0]["attributes"][protocol.CLASS] == failure_class
    assert found.trials[0]["attributes"][protocol.ERROR].startswith(sentence)


def test_a_cold_start_prints_and_ends_like_a_warm_one(tmp_path: Path) -> None:
    """A module that kills whoever imports it leaves no warm server to fork from."""
    found = supervise(tmp_path, [order("leaves_at_import:objective")], work("leaves_at_import:objective"))
    assert found.trials[0]["attributes"][protocol.CLASS] == "Crashed"
    assert found.trials[0]["is_gone"]


def test_the_kernel_takes_the_trial_before_its_supervisor(tmp_path: Path) -> None:
    found = supervise(tmp_path, [order("slow:scored")], work("slow:scored"))
    own = int(Path("/proc/self/oom_score_adj").read_text())
    assert found.trials[0]["values"] == [min(own + SCORE_ABOVE_SUPERVISOR, MAX_SCORE)]


@pytest.fixture
def cgroup() -> Iterator[Path]:
    """A cgroup of 150 MB, and the file that moves a process into it."""
    root, is_v2 = Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/cgroup.controllers").exists()
    group = (root if is_v2 else root / "memory") / f"hpotrial-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / ("memory.max" if is_v2 else "memory.limit_in_bytes")).write_text(str(150 * 2**20))
    except OSError as error:
        pytest.skip(f"no cgroup can be made here: {error}")
    yield group / "cgroup.procs"
    until(lambda: not (group / "cgroup.procs").read_text(), "the cgroup to be empty")
    group.rmdir()


def test_what_the_kernel_takes_for_lack_of_memory_is_known(tmp_path: Path, cgroup: Path) -> None:
    prefix = ("sh", "-c", f'echo $$ > {cgroup} && exec "$@"', "sh")
    orders = [order("slow:hungry"), order("plain:quadratic")]
    found = supervise(tmp_path, orders, work("slow:hungry"), prefix)
    first, second = found.trials
    assert first["attributes"][protocol.CLASS] == "OutOfMemory"
    assert first["attributes"][protocol.ERROR] == (
        "the process was killed by SIGKILL: the kernel ended it for lack of memory"
    )
    assert second["state"] == "COMPLETE"


def test_children_are_found_with_and_without_the_kernels_list() -> None:
    process = subprocess.Popen(["sleep", "600"])
    try:
        assert process.pid in set(reaper._children_by_parent())
        assert process.pid in reaper.children()
    finally:
        process.kill()
        process.wait()


def test_only_what_is_new_is_an_orphan() -> None:
    """An intermediate process keeps both below one reaper that is not the process of the tests."""
    script = f"""
import json, os, subprocess, sys, time
sys.path[:0] = {sys.path!r}
from hpotrial.process import reaper
reaper.become_subreaper()
old = subprocess.Popen(["sleep", "600"])
known = reaper.children()
new = subprocess.Popen(["setsid", "sh", "-c", "sleep 600 & echo $!; sleep 600"], stdout=subprocess.PIPE)
grandchild = int(new.stdout.readline())
assert reaper.kill_and_reap(known, 5)
print(json.dumps([old.pid, new.pid, grandchild, sorted(reaper.children() - reaper.multiprocessing_pids())]))
old.kill()
"""
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    old, new, grandchild, left = json.loads(shown)
    assert left == [old]
    assert not is_alive(new)
    assert not is_alive(grandchild)


def test_the_fork_server_is_no_orphan(tmp_path: Path) -> None:
    """Were it killed after each trial, every trial would start cold, and the second one would show it."""
    found = supervise(tmp_path, [order("slow:parent")] * 3, work("slow:parent"))
    assert len({trial["values"][0] for trial in found.trials}) == 1


def test_trials_leave_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    supervise(tmp_path, [order("plain:quadratic")])
    left = [path.name for path in tmp_path.iterdir() if path.name != "report.jsonl"]
    assert left == []
