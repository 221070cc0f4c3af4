"""Simulate and judge sweeps in two child processes. `__main__` counts the answers."""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Iterable, Iterator

import optuna

from bench.judge_sim.questions import Answer, answers
from bench.judge_sim.sweep import Plan

PROCESSES = 2


def asked(plans: Iterable[Plan]) -> Iterator[tuple[Plan, list[Answer]]]:
    """Yield the answers in the order of the plans, so that a seed always gives the same tables."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES, _quieten) as pool:
        yield from pool.imap(_ask, plans, chunksize=4)


def _ask(plan: Plan) -> tuple[Plan, list[Answer]]:
    return plan, list(answers(plan))


def _quieten() -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
