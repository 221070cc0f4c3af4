"""The JSON of each structure that operator and worker exchange. A change of it needs a new PROTOCOL_VERSION."""

from __future__ import annotations

import json

import pytest

from hposweep.api.spec import STOP_NONE, STOP_TERMINATE
from hpotrial import protocol
from hpotrial.protocol import control
from hpotrial.protocol.breaker import BreakerBlock
from hpotrial.protocol.config import Checkpoints, CommandObjective, PythonObjective, WorkerConfig
from hpotrial.protocol.contrast import ContrastMark
from hpotrial.protocol.control import ControlBlock, FailureLimit, Goal, Review

FULL = WorkerConfig(
    objective=PythonObjective("train:objective", {"epochs": 3}),
    objectives=({"name": "loss", "direction": "Minimize"},),
    search_space=({"name": "lr", "float": {"low": 0.1, "high": 1.0}},),
    sampler={"name": "TPESampler", "seed": 1},
    pruner={"name": "NopPruner"},
    isolation="None",
    checkpoints=Checkpoints("/ckpt", "All"),
    outage_seconds=60,
)
FULL_JSON = (
    '{"objective": {"python": "train:objective", "fixed": {"epochs": 3}}, '
    '"objectives": [{"name": "loss", "direction": "Minimize"}], '
    '"searchSpace": [{"name": "lr", "float": {"low": 0.1, "high": 1.0}}], '
    '"sampler": {"name": "TPESampler", "seed": 1}, "pruner": {"name": "NopPruner"}, "isolation": "None", '
    '"checkpoints": {"path": "/ckpt", "keep": "All"}, "outageSeconds": 60}'
)
PLAIN = WorkerConfig(objective=CommandObjective(("train", "--fast")))
PLAIN_JSON = (
    '{"objective": {"command": ["train", "--fast"], "fixed": {}}, "objectives": [], "searchSpace": [], '
    '"sampler": {}, "pruner": {}, "isolation": "Process", "outageSeconds": 900}'
)


def test_the_protocol_has_the_version_of_these_structures() -> None:
    assert protocol.PROTOCOL_VERSION == 2


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (ControlBlock(max_trials=5), '{"stop": "None", "maxTrials": 5, "breakerFrom": 0}'),
        (
            ControlBlock(max_trials=5, stop="Drain", breaker_from=3, timeout_seconds=60),
            '{"stop": "Drain", "maxTrials": 5, "breakerFrom": 3, "timeoutSeconds": 60}',
        ),
        (
            ControlBlock(max_trials=5, retry_on=("OSError",), max_retries=2),
            '{"stop": "None", "maxTrials": 5, "breakerFrom": 0, "retryOn": ["OSError"], "maxRetries": 2}',
        ),
        (
            ControlBlock(max_trials=5, review=Review((Goal(0, 0.35, is_above=True),), 50)),
            '{"stop": "None", "maxTrials": 5, "breakerFrom": 0, '
            '"review": {"goals": [[0, 0.35, true]], "finished": 50}}',
        ),
        (
            ControlBlock(max_trials=5, review=Review((Goal(0, 0.35, is_above=True, restriction={"kind": "a"}),))),
            '{"stop": "None", "maxTrials": 5, "breakerFrom": 0, '
            '"review": {"goalsWhere": [[0, 0.35, true, {"kind": "a"}]]}}',
        ),
        (
            ControlBlock(max_trials=5, review=Review(failures=(FailureLimit(0.3, 10),))),
            '{"stop": "None", "maxTrials": 5, "breakerFrom": 0, "review": {"failures": [[0.3, 10]]}}',
        ),
        (
            ControlBlock(max_trials=5, review=Review(max_failed=0)),
            '{"stop": "None", "maxTrials": 5, "breakerFrom": 0, "review": {"maxFailed": 0}}',
        ),
    ],
)
def test_the_control_block_is_pinned(block: ControlBlock, text: str) -> None:
    assert json.dumps(block.to_json()) == text
    assert ControlBlock.from_json(json.loads(text)) == block


@pytest.mark.parametrize(
    ("stop", "is_stopping", "is_terminating"),
    [("None", False, False), ("Drain", True, False), ("Terminate", True, True)],
)
def test_a_control_block_says_what_must_stop(stop: str, is_stopping: bool, is_terminating: bool) -> None:
    block = ControlBlock(max_trials=5, stop=stop)
    assert (block.is_stopping, block.is_terminating) == (is_stopping, is_terminating)


def test_the_words_of_stop_are_those_of_the_resource() -> None:
    assert (control.STOP_NONE, control.STOP_TERMINATE) == (STOP_NONE, STOP_TERMINATE)


def test_a_control_block_without_a_budget_allows_no_trial() -> None:
    assert ControlBlock.from_json({}) == ControlBlock(max_trials=0)


def test_the_breaker_block_is_pinned() -> None:
    block = BreakerBlock(failure_class="ImportError", error="no module `torch`", trial=4, fingerprint="ab12")
    text = '{"fingerprint": "ab12", "class": "ImportError", "error": "no module `torch`", "trial": 4}'
    assert json.dumps(block.to_json()) == text
    assert BreakerBlock.from_json(json.loads(text)) == block
    assert BreakerBlock.from_json({}) == BreakerBlock()


def test_the_contrast_mark_is_pinned() -> None:
    mark = ContrastMark(parameter="lr", pair=1, origin=7, value="low")
    text = '{"parameter": "lr", "pair": 1, "of": 7, "value": "low"}'
    assert json.dumps(mark.to_json()) == text
    assert ContrastMark.from_json(json.loads(text)) == mark


@pytest.mark.parametrize("value", [None, "lr", 3, ["lr"]])
def test_a_mark_that_is_no_object_is_no_mark(value: object) -> None:
    assert ContrastMark.from_json(value) is None


@pytest.mark.parametrize(("config", "text"), [(FULL, FULL_JSON), (PLAIN, PLAIN_JSON)])
def test_the_workers_configuration_is_pinned(config: WorkerConfig, text: str) -> None:
    assert config.to_json() == text
    assert WorkerConfig.from_json(text) == config
