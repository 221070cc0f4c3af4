"""Objectives that start processes of their own, as data loaders do, with Python's default start method."""

from __future__ import annotations

import multiprocessing

import optuna

DATA: list[int] = []


def read(place: int) -> int:
    return DATA[place]


def pools(trial: optuna.Trial) -> float:
    """A global and a local function, which only a forked process has."""
    DATA.extend([3, 4])
    total = multiprocessing.Value("i", 0)

    def add() -> None:
        total.value += sum(DATA)
        trial.report(total.value, 0)

    process = multiprocessing.Process(target=add)
    process.start()
    process.join()
    with multiprocessing.Pool(1) as pool:
        return float(total.value + sum(pool.map(read, [0, 1])))


def chooses(trial: optuna.Trial) -> float:
    multiprocessing.set_start_method("spawn")  # as scripts that use CUDA in child processes do
    trial.set_user_attr("start_method", multiprocessing.get_start_method())
    return 1.0
