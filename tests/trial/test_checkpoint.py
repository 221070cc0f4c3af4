"""Folders for checkpoints: found again by a later try, and removed when nobody needs them."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import optuna
import pytest

from hposweep.schema.crd import schema
from hpotrial import checkpoint_dir, protocol
from hpotrial.objective import checkpoint
from hpotrial.objective.checkpoint import CheckpointError, prune
from hpotrial.protocol.config import KEEP


def environ(path: Path, study: str = "digits") -> dict[str, str]:
    block = {"objective": {"python": "a:b"}, "checkpoints": {"path": str(path), "keep": "Best"}}
    return {protocol.WORK_ENV: json.dumps(block), protocol.STUDY_ENV: study}


@pytest.fixture
def study() -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study()


def test_a_trial_has_one_folder_and_says_which(tmp_path: Path, study: optuna.Study) -> None:
    study.ask()
    trial = study.ask()
    folder = checkpoint_dir(trial, environ(tmp_path / "ckpt"))
    assert folder == tmp_path / "ckpt" / "digits" / "trial-1"
    assert folder.is_dir()
    assert trial.user_attrs == {protocol.CHECKPOINT: "trial-1"}
    assert checkpoint_dir(trial, environ(tmp_path / "ckpt")) == folder


def test_a_later_try_finds_what_the_first_has_left(tmp_path: Path, study: optuna.Study) -> None:
    folder = checkpoint_dir(study.ask(), environ(tmp_path))
    (folder / "epoch-3").touch()
    study.enqueue_trial({}, user_attrs={protocol.CHECKPOINT: "trial-0"})
    again = study.ask()
    assert again.number == 1
    assert checkpoint_dir(again, environ(tmp_path)) == folder
    assert (folder / "epoch-3").exists()


def test_a_first_try_never_finds_what_another_study_has_left(tmp_path: Path, study: optuna.Study) -> None:
    left = tmp_path / "digits" / "trial-0"
    left.mkdir(parents=True)
    (left / "epoch-3").touch()
    trial = study.ask()
    folder = checkpoint_dir(trial, environ(tmp_path))
    assert folder.name.startswith("trial-0-")
    assert list(folder.iterdir()) == []
    assert trial.user_attrs == {protocol.CHECKPOINT: folder.name}


@pytest.mark.parametrize("name", ["a/b", "..", ".", "team: digits", "ä" * 300, "a%2Fb", "x" * 512])
def test_every_study_has_a_folder_of_its_own(tmp_path: Path, study: optuna.Study, name: str) -> None:
    folder = checkpoint_dir(study.ask(), environ(tmp_path, name))
    assert folder.parent.parent == tmp_path
    assert folder.resolve() == folder


def test_different_studies_have_different_folders() -> None:
    names = ["a/b", "a%2Fb", "a_b", "..", "%2E%2E", "x" * 300, "x" * 301]
    assert len({checkpoint.root_of("/ckpt", name) for name in names}) == len(names)


def test_an_attribute_cannot_lead_out_of_the_studys_folder(tmp_path: Path, study: optuna.Study) -> None:
    study.enqueue_trial({}, user_attrs={protocol.CHECKPOINT: "../../elsewhere"})
    folder = checkpoint_dir(study.ask(), environ(tmp_path))
    assert folder.parent == tmp_path / "digits"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, r"needs a sweep, but HPOSWEEP_WORK is not set"),
        (
            {protocol.WORK_ENV: '{"objective": {"python": "a:b"}}'},
            r"needs spec.workers.checkpoints.path, which is not set",
        ),
        (environ(Path("/proc/nowhere")), r"^spec.workers.checkpoints.path: cannot create `/proc/nowhere.*` \(No such"),
    ],
)
def test_no_place_is_a_sentence(study: optuna.Study, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(CheckpointError, match=sentence):
        checkpoint_dir(study.ask(), given)


def made(root: Path, *names: str) -> None:
    for name in names:
        (root / name).mkdir(parents=True)
        (root / name / "weights").touch()


def among(best: Collection[str]) -> Any:
    return lambda: set(best)


def left(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.is_dir())


def test_only_the_best_is_kept_and_running_trials_are_left_alone(tmp_path: Path) -> None:
    made(tmp_path, "trial-0", "trial-1", "trial-2", "trial-3")
    assert prune(tmp_path, "trial-0", "Best", among(["trial-0"])) == []
    assert prune(tmp_path, "trial-1", "Best", among(["trial-0"])) == ["trial-1"]
    assert prune(tmp_path, "trial-2", "Best", among(["trial-2"])) == ["trial-0"]
    assert left(tmp_path) == ["trial-2", "trial-3"]


def test_all_trials_of_a_front_are_kept(tmp_path: Path) -> None:
    made(tmp_path, "trial-0", "trial-1", "trial-2")
    prune(tmp_path, "trial-0", "Best", among(["trial-0"]))
    prune(tmp_path, "trial-1", "Best", among(["trial-0", "trial-1"]))
    assert prune(tmp_path, "trial-2", "Best", among(["trial-1", "trial-2"])) == ["trial-0"]
    assert left(tmp_path) == ["trial-1", "trial-2"]


def test_what_may_be_kept_is_what_the_resource_allows() -> None:
    spec = schema()["properties"]["spec"]["properties"]
    assert list(KEEP) == spec["workers"]["properties"]["checkpoints"]["properties"]["keep"]["enum"]


def test_none_keeps_nothing_and_all_keeps_everything(tmp_path: Path) -> None:
    made(tmp_path, "trial-0", "trial-1")
    assert prune(tmp_path, "trial-0", "None", among(["trial-0"])) == ["trial-0"]
    assert prune(tmp_path, "trial-1", "All", among([])) == []
    assert left(tmp_path) == ["trial-1"]


def test_a_trial_without_a_folder_tidies_for_the_others(tmp_path: Path) -> None:
    made(tmp_path, "trial-0")
    prune(tmp_path, "trial-0", "Best", among(["trial-0"]))
    assert prune(tmp_path, "", "Best", among(["trial-7"])) == ["trial-0"]
    assert prune(tmp_path / "absent", "trial-0", "Best", among([])) == []


@pytest.mark.parametrize("folder", ["..", ".", "/etc", "../other", ".lock", ""])
def test_nothing_outside_is_ever_removed(tmp_path: Path, folder: str) -> None:
    root = tmp_path / "digits"
    made(root, "trial-0")
    made(tmp_path, "other")
    assert prune(root, folder, "None", among([])) == []
    assert left(root) == ["trial-0"]
    assert left(tmp_path) == ["digits", "other"]


def test_what_a_killed_worker_left_half_removed_goes_with_the_next(tmp_path: Path) -> None:
    made(tmp_path, ".removed-trial-0-12345678", "trial-1")
    prune(tmp_path, "trial-1", "None", among([]))
    assert left(tmp_path) == []


def test_a_broken_ledger_is_begun_anew(tmp_path: Path) -> None:
    made(tmp_path, "trial-0")
    (tmp_path / checkpoint.INDEX).write_text('["../..", 3, "trial')
    assert prune(tmp_path, "trial-0", "Best", among(["trial-0"])) == []
    assert json.loads((tmp_path / checkpoint.INDEX).read_text()) == ["trial-0"]


def test_a_lock_that_somebody_holds_for_ever_costs_a_folder_and_no_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "LOCK_SECONDS", 0.1)
    made(tmp_path, "trial-0")
    with (tmp_path / checkpoint.LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert prune(tmp_path, "trial-0", "None", among([])) == []
    assert left(tmp_path) == ["trial-0"]


def test_what_is_best_is_asked_under_the_lock(tmp_path: Path) -> None:
    """Else two workers with a new best each could remove each other's."""
    made(tmp_path, "trial-0")

    calls = []

    def read_best() -> set[str]:
        calls.append(1)
        with (tmp_path / checkpoint.LOCK).open("w") as second, pytest.raises(BlockingIOError):
            fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return {"trial-0"}

    prune(tmp_path, "trial-0", "Best", read_best)
    assert len(calls) == 1


def test_nothing_is_removed_while_the_best_is_unknown(tmp_path: Path) -> None:
    made(tmp_path, "trial-0", "trial-1")
    assert prune(tmp_path, "trial-0", "Best", lambda: None) == []
    assert prune(tmp_path, "trial-1", "Best", among(["trial-1"])) == ["trial-0"]
