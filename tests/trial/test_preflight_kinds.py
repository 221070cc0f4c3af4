"""Kinds of checks that look at GPUs, folders, the database, the code and its parameters."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hpotrial.preflight.kinds import database as database_kind
from hpotrial.preflight.kinds import gpu
from hpotrial.preflight.kinds.gpu import GpuState
from hpotrial.protocol.preflight import (
    FAILED,
    PASSED,
    WARNING,
)
from tests.trial.preflight_pod import UNREACHABLE, finding, folder, run

__all__ = ["folder"]


def test_a_function_that_loads_data_has_to_return(folder: Path) -> None:
    assert finding(run(folder, sample="train_checked:load"), "sample").value == "returned list"


def test_the_commit_is_recorded_and_uncommitted_changes_fail(folder: Path) -> None:
    code = folder / "code"
    git = ("git", "-C", str(code), "-c", "user.name=n", "-c", "user.email=e@example.org")
    for arguments in (("init", "-q"), ("add", "train_checked.py"), ("commit", "-q", "-m", "first")):
        subprocess.run((*git, *arguments), check=True)
    commit = subprocess.run((*git, "rev-parse", "HEAD"), check=True, capture_output=True, text=True).stdout.strip()
    changed = finding(run(folder, source={"path": str(code)}), "source")
    assert (changed.outcome, changed.value) == (FAILED, commit)
    assert "has uncommitted changes: `dies_at_import.py`" in changed.message
    allowed = finding(run(folder, source={"path": str(code), "requireClean": False}), "source")
    assert (allowed.outcome, allowed.value) == (PASSED, commit)


def test_folders_that_cannot_be_written_are_findings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", "/proc/cache")
    work = {"checkpoints": {"path": "/proc/checkpoints", "keep": "Best"}}
    findings = {entry.name: entry for entry in run(folder, work=work).findings if entry.check == "writable"}
    assert findings["HF_HOME=/proc/cache"].outcome == WARNING
    assert findings["/proc/checkpoints"].outcome == FAILED
    assert findings["/proc/checkpoints"].message.startswith("spec.workers.checkpoints.path: ")
    assert findings[f"HOME={folder}"].outcome == PASSED


def test_the_database_is_reached_from_the_pod(folder: Path, database: tuple[Any, str]) -> None:
    answer = finding(run(folder, url=database[1]), "database")
    assert answer.outcome in (PASSED, WARNING)
    assert answer.value.endswith(" ms")


@pytest.mark.parametrize(("seconds", "words"), [(90, "90 s ahead of"), (-90, "90 s behind"), (20, "")])
def test_a_clock_that_differs_from_the_databases_is_a_warning(
    folder: Path, database: tuple[Any, str], monkeypatch: pytest.MonkeyPatch, seconds: int, words: str
) -> None:
    shifted = SimpleNamespace(monotonic=time.monotonic, time=lambda: time.time() + seconds)
    monkeypatch.setattr(database_kind, "time", shifted)
    answer = finding(run(folder, url=database[1]), "database")
    assert ("clock of the pod's node" in answer.message, answer.value == "90 s") == (bool(words), bool(words))
    assert words in answer.message


def test_a_database_that_the_pod_cannot_reach_is_a_finding_without_its_address(folder: Path) -> None:
    unreachable = finding(run(folder, url=UNREACHABLE.replace("user", "other")), "database")
    assert unreachable.outcome == FAILED
    assert "127.0.0.1" not in unreachable.message
    assert "Check network policies" in unreachable.message


@pytest.mark.parametrize(
    ("devices", "torch_count", "min_free", "outcome", "words"),
    [
        ([GpuState(2**34, 0)], 1, 2**33, PASSED, ""),
        ([GpuState(2**34, 0)], 1, 2**35, FAILED, "17.2 GB of free memory, and 34.4 GB are required"),
        ([GpuState(2**34, 2)], 1, None, WARNING, "2 other processes use the GPUs"),
        ([], 1, 2**33, FAILED, "Install nvidia-ml-py"),
        ([], 1, None, WARNING, "Install nvidia-ml-py"),
    ],
)
def test_visible_gpus_are_judged_by_memory_and_processes(
    devices: list[GpuState], torch_count: int, min_free: int | None, outcome: str, words: str
) -> None:
    result = gpu._judge(devices, torch_count, min_free)
    assert result.outcome == outcome
    assert words in result.sentence


LR = {"name": "lr", "float": {"low": 0.1, "high": 1.0}}
DEPTH = {"name": "depth", "int": {"low": 1, "high": 8}}
KIND = {"name": "kind", "categorical": {"choices": ["cnn", [1, 2]]}}
WIDTH = {"name": "width", "int": {"low": 1, "high": 8, "log": True}, "when": {"parameter": "kind", "in": ["cnn"]}}


@pytest.mark.parametrize(
    ("function", "space", "outcome", "words"),
    [
        ("samples", [LR, DEPTH], PASSED, ""),
        ("from_params", [LR, DEPTH, KIND, WIDTH], PASSED, ""),
        ("reports", [LR], PASSED, ""),
        (
            "reports",
            [LR, DEPTH],
            FAILED,
            "never asks for `depth` of `spec.searchSpace`; the dry trial ended at the first",
        ),
        (
            "objective",
            [LR],
            FAILED,
            "never asks for `lr` of `spec.searchSpace`; the dry trial ended when the objective",
        ),
        (
            "samples",
            [{**LR, "float": {"low": 0.1, "high": 2.0}}, DEPTH],
            FAILED,
            "`lr` is asked for as FloatDistribution",
        ),
        ("samples", [DEPTH], WARNING, "asks for `lr`, which `spec.searchSpace` does not have"),
        ("reports", [], PASSED, ""),
        ("objective", [], WARNING, "no parameter was asked for"),
    ],
)
def test_a_dry_trial_compares_parameters_and_trains_nothing(
    folder: Path, function: str, space: list[Any], outcome: str, words: str
) -> None:
    result = run(folder, f"train_checked:{function}", dryTrial=True, work={"searchSpace": space})
    dry = finding(result, "dryTrial")
    assert dry.outcome == outcome, dry
    assert words in dry.message
    assert "the training has begun" not in result.to_message()


def test_choices_are_compared_with_their_types(folder: Path) -> None:
    def outcome(choices: list[Any]) -> str:
        space = [{"name": "size", "categorical": {"choices": choices}}]
        result = run(folder, "train_checked:chooses", dryTrial=True, work={"searchSpace": space})
        return finding(result, "dryTrial").outcome

    assert outcome([1, 2.0, True, None]) == outcome([1.0, 2, True, None]) == PASSED
    assert outcome(["1", 2.0, True, None]) == outcome([1, 2, "True", None]) == outcome([1, 2, 1, None]) == FAILED


@pytest.mark.parametrize(("rate", "outcome"), [(1, PASSED), (2**52, FAILED)])
def test_data_is_read_as_fast_as_required(folder: Path, rate: int, outcome: str) -> None:
    (folder / "data/large").write_bytes(bytes(9 << 20))
    speed = finding(run(folder, minReadBytesPerSecond={str(folder / "data"): rate}), "readSpeed")
    assert speed.outcome == outcome
    assert speed.value.endswith("B/s")
