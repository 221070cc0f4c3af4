"""The disk of the baseline trial, as its attribute has it, and the checkpoints that follow from it."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.judge.baseline_disk import checkpoint_estimate, too_little_disk, used_disk
from hposweep.model.history import COMPLETE, Trial
from tests import builders
from tests.unit import world

GIB = 2**30


def trial(disk: Any) -> Trial:
    return Trial(0, COMPLETE, (1.0,), attributes={"hposweep:disk_written": disk})


def sweep(keep: str, *, max_trials: int = 101, replicas: int = 4, **fields: Any) -> Any:
    workers = builders.workers(replicas) | {"checkpoints": {"path": "/ckpt", "keep": keep}}
    return world.sweep(workers=workers, trials={"max": max_trials}, **fields)


@pytest.mark.parametrize(
    ("disk", "words"),
    [
        ({"written": 3 * GIB, "checkpoint": GIB}, "it wrote 3 GiB to disk and its checkpoints have 1 GiB"),
        ({"written": 3 * GIB}, "it wrote 3 GiB to disk"),
        ({"written": 2**20, "checkpoint": 2**20 - 1}, "it wrote 1 MiB to disk"),
        ({"written": 2**20 - 1}, ""),
        ({"written": 0, "checkpoint": 0, "free": 5}, ""),
        *((disk, "") for disk in (None, "x", [], {}, {"written": "5"}, {"written": True}, {"written": -5})),
        ({"written": 10**400, "checkpoint": float("nan")}, ""),
    ],
)
def test_what_the_trial_wrote_is_told_where_it_is_known(disk: Any, words: str) -> None:
    assert used_disk(trial(disk)) == words


@pytest.mark.parametrize(
    ("keep", "words"),
    [
        ("All", "checkpoints of 100 trials take about 100 GiB"),
        ("Best", "checkpoints of 5 trials at a time take about 5 GiB"),
        ("None", "checkpoints of 4 trials at a time take about 4 GiB"),
    ],
)
def test_the_space_follows_from_what_is_kept(keep: str, words: str) -> None:
    assert checkpoint_estimate(sweep(keep), trial({"checkpoint": GIB}), 1) == words


def test_nothing_is_told_of_checkpoints_that_are_unknown() -> None:
    goals = [{"name": name, "direction": "Maximize"} for name in ("a", "b")]
    cases = (
        (world.sweep(), {"checkpoint": GIB}, 1),
        (sweep("All"), {"free": 0}, 1),
        (sweep("All"), {"checkpoint": GIB, "free": 0}, 101),
        (sweep("Best", study={"objectives": goals}), {"checkpoint": GIB, "free": 0}, 1),
    )
    for of, disk, finished in cases:
        assert checkpoint_estimate(of, trial(disk), finished) == ""
        assert too_little_disk(of, trial(disk), finished) == ""


@pytest.mark.parametrize(("free", "is_told"), [(100 * GIB, False), (100 * GIB - 1, True), (None, False)])
def test_checkpoints_that_do_not_fit_are_told(free: int | None, is_told: bool) -> None:
    disk = {"checkpoint": GIB} | ({"free": free} if free is not None else {})
    sentence = too_little_disk(sweep("All"), trial(disk), 1)
    assert (sentence != "") == is_told
    assert not is_told or sentence == (
        "100 GiB are free at `/ckpt` (`spec.workers.checkpoints.path`), which is less than the checkpoints of 100 "
        "trials take"
    )
