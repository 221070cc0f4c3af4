"""The connection budget: enough, too few, and which limit it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.judge import gates
from hposweep.judge.connections import shortage
from hposweep.model.gate import Gate
from hposweep.model.storage import Limit, Storage
from tests import builders
from tests.unit import world

SERVER = Limit("the server", 97, 0)


@pytest.mark.parametrize(
    ("workers", "limits", "is_missing"),
    [
        (4, (SERVER,), False),
        (4, (), False),
        (4, (Limit("s", 20, 10),), False),
        (4, (Limit("s", 20, 11),), True),
        (4, (SERVER, Limit("login `optuna`", 9, 0)), True),
        (4, (SERVER, Limit("d", 5, 9)), True),
        (0, (Limit("s", 1, 1),), False),
    ],
)
def test_two_for_each_worker_and_two_for_the_operator(
    workers: int, limits: tuple[Limit, ...], is_missing: bool
) -> None:
    assert bool(shortage(workers, limits)) is is_missing


def test_the_sentence_names_the_limit_that_is_tight() -> None:
    assert shortage(4, (SERVER, Limit("login `optuna` (CONNECTION LIMIT)", 9, 3))) == (
        "4 workers may need 10 connections (2 each, 2 for the operator), but login `optuna` (CONNECTION LIMIT) allows "
        "9, of which others use 3. Lower `spec.workers.replicas` or raise that limit"
    )


def gate(*limits: Limit, **spec: object) -> Gate:
    sweep = world.sweep(workers=builders.workers(4), **spec)
    storage = Storage(is_reachable=True, study=world.study(sweep))
    return gates.storage(sweep, replace(storage, limits=limits))


def test_the_gate_is_shut_or_says_how_close_it_is() -> None:
    shut = gate(Limit("the server", 9, 0))
    assert (shut.is_open, shut.reason) == (False, "TooFewConnections")
    opened = gate(SERVER)
    assert (opened.is_open, opened.reason) == (True, "Connected")
    assert opened.message.endswith("; 4 workers use up to 8 of 97 free connections")


def test_a_sweep_that_is_to_stop_needs_no_room() -> None:
    assert gate(Limit("the server", 9, 0), stop="Drain").is_open
