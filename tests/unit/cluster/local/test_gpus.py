"""Which GPUs each worker gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from hposweep.cluster.local import gpus

FOUR = ("0", "1", "2", "3")


@pytest.mark.parametrize(
    ("workers", "limit", "shares"),
    [
        (4, None, ["0", "1", "2", "3"]),
        (2, None, ["0,1", "2,3"]),
        (1, None, ["0,1,2,3"]),
        (3, None, ["0", "1", "2"]),
        (6, None, ["0", "1", "2", "3", "0", "1"]),
        (2, 1, ["0", "1"]),
        (2, 2, ["0,1", "2,3"]),
        (3, 2, ["0,1", "2,3", "0,1"]),
        (2, 8, ["0,1,2,3", "0,1,2,3"]),
        (2, 0, ["", ""]),
    ],
)
def test_a_worker_gets_as_many_as_its_limit_or_an_equal_share(
    workers: int, limit: int | None, shares: list[str]
) -> None:
    assert [",".join(gpus.share(FOUR, worker, workers, limit)) for worker in range(workers)] == shares


@pytest.mark.parametrize(
    ("workers", "limit", "held"), [(4, None, 1), (2, None, 2), (8, None, 0.5), (2, 1, 1), (3, 2, 4 / 3), (2, 0, 0)]
)
def test_what_a_worker_holds_adds_up_to_the_gpus_that_are_in_use(workers: int, limit: int | None, held: float) -> None:
    assert gpus.held_by_each(FOUR, workers, limit) == pytest.approx(held)
    assert gpus.held_by_each((), workers, limit) == 0


@pytest.mark.parametrize(
    ("workers", "limit", "sentence"),
    [
        (4, None, ""),
        (2, 2, ""),
        (5, None, "4 GPUs for 5 workers with 1 each: workers share them; --workers 4 gives each its own"),
        (3, 2, "4 GPUs for 3 workers with 2 each: workers share them; --workers 2 gives each its own"),
        (1, 8, "4 GPUs for 1 worker with 8 each: workers share them; `nvidia.com/gpu` asks for more than there are"),
    ],
)
def test_too_few_are_a_sentence(workers: int, limit: int | None, sentence: str) -> None:
    assert gpus.shortage(FOUR, workers, limit) == sentence


@pytest.mark.parametrize(("limit", "has_sentence"), [(None, False), (0, False), (2, True)])
def test_a_machine_without_a_gpu_is_a_sentence_only_where_one_is_asked_for(
    limit: int | None, has_sentence: bool
) -> None:
    sentence = "no GPU found on this machine: workers run without one (`nvidia.com/gpu` asks for 2 each)"
    assert gpus.shortage((), 4, limit) == (sentence if has_sentence else "")


@pytest.mark.parametrize(
    ("visible", "devices"), [("0,1", ("0", "1")), ("", ()), ("-1", ()), (" GPU-a , GPU-b ", ("GPU-a", "GPU-b"))]
)
def test_the_users_own_choice_is_respected(visible: str, devices: tuple[str, ...]) -> None:
    assert gpus.devices({"CUDA_VISIBLE_DEVICES": visible}) == devices


def test_the_driver_names_the_gpus_by_uuid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smi = tmp_path / "nvidia-smi"
    smi.write_text("#!/bin/sh\necho GPU-1a2b-3c\necho GPU-4d5e-6f\n")
    smi.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert gpus.devices({}) == ("GPU-1a2b-3c", "GPU-4d5e-6f")


@pytest.mark.parametrize(
    ("container", "limit"),
    [
        ({}, None),
        ({"resources": {"limits": {"nvidia.com/gpu": 2}}}, 2),
        ({"resources": {"limits": {"memory": 1}}}, None),
    ],
)
def test_the_limit_is_that_of_the_container(container: dict[str, object], limit: int | None) -> None:
    assert gpus.per_worker(container) == limit
