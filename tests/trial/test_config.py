"""The block of work in the environment, the control block in the study, and what may be printed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hpotrial import protocol
from hpotrial.config import InvalidConfigError, WorkerIdentity, load_config, make_pruner, make_sampler
from hpotrial.lifecycle.control import Control, ProtocolMismatchError, parse_control
from hpotrial.lifecycle.ownership import signature
from hpotrial.objective.code_version import CodeVersion
from hpotrial.protocol.config import Checkpoints, CommandObjective, PythonObjective, WorkerConfig
from hpotrial.protocol.control import ControlBlock
from hpotrial.protocol.redaction import Redaction
from hpotrial.storage.study import FencedError
from tests.trial.builders import SWEEP_UID, work

LR = {"name": "lr", "float": {"low": 0.1, "high": 1.0}}


def load(text: str) -> WorkerConfig:
    return load_config({protocol.WORK_ENV: text})


def test_a_block_is_read_with_its_defaults() -> None:
    config = load(json.dumps({"objective": {"python": "a:b"}}))
    assert type(make_sampler(config, 0)).__name__ == "TPESampler"
    assert type(make_pruner(config)).__name__ == "MedianPruner"


def test_how_trials_run_is_read_with_its_defaults() -> None:
    plain = load(json.dumps(work()))
    assert (plain.isolation, plain.outage_seconds, plain.checkpoints) == ("Process", 900.0, None)
    assert plain.objective == PythonObjective("plain:quadratic")
    assert str(plain.objective) == "plain:quadratic"
    blocks = work(isolation="None", outageSeconds=30, checkpoints={"path": "/ckpt", "keep": "All"})
    config = load_config({protocol.WORK_ENV: json.dumps(blocks), protocol.SOURCE_PATH_ENV: "/src"})
    assert (config.isolation, config.outage_seconds, config.source_path) == ("None", 30.0, "/src")
    assert config.checkpoints == Checkpoints("/ckpt", "All")
    assert load(json.dumps(work(checkpoints={"path": "/c"}))).checkpoints == Checkpoints("/c", "Best")


def test_a_command_is_an_objective_of_its_own_type() -> None:
    objective = load(json.dumps({"objective": {"command": ["python", "a b.py"]}})).objective
    assert objective == CommandObjective(("python", "a b.py"))
    assert str(objective) == "python 'a b.py'"


def commanded(**blocks: Any) -> str:
    return json.dumps({**work(**blocks), "objective": {"command": ["train"], "fixed": {"batch.size": 3}}})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (json.dumps({"objective": {"python": "a:b", "command": ["c"]}}), "python and command, has both"),
        (json.dumps({"objective": {"command": ["c", 1]}}), "spec.objective.command: must be a list of strings"),
        (json.dumps(work(isolation="Thread")), "spec.workers.isolation: is 'Thread', must be Process or None"),
        (commanded(isolation="None"), "spec.workers.isolation: is None, but spec.objective.command"),
        (json.dumps(work(outageSeconds="long")), "outageSeconds: is 'long', must be a number of seconds, 0 or more"),
        (json.dumps(work(outageSeconds=-1)), "outageSeconds: is -1"),
        (json.dumps(work(outageSeconds=True)), "outageSeconds: is True"),
        (json.dumps(work(checkpoints={"path": "c"})), "spec.workers.checkpoints.path: is 'c', must be an absolute"),
        (json.dumps(work(checkpoints={"keep": "All"})), "spec.workers.checkpoints.path: is None"),
        (json.dumps(work(checkpoints={"path": "/c", "keep": "Most"})), "keep: is 'Most', must be one of None, Best"),
        (
            commanded(search_space=[{"name": "batch_size", "int": {"low": 1, "high": 2}}]),
            "`batch_size` and `batch.size` would both become HPO_PARAM_BATCH_SIZE",
        ),
        ('{"objective": "train:objective"}', "HPOSWEEP_WORK: "),
        ("[]", "HPOSWEEP_WORK: "),
    ],
)
def test_how_trials_cannot_run_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidConfigError, match=sentence):
        load(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "HPOSWEEP_WORK: not JSON"),
        ("{}", "HPOSWEEP_WORK: .*objective"),
        ('{"objective": {}}', "spec.objective: must have exactly one of python and command, has none"),
        (json.dumps(work(search_space=[LR], fixed={"lr": 1})), "`lr` is also in `spec.objective.fixed`"),
        (json.dumps(work(search_space=[LR, LR])), "duplicate parameter `lr`"),
    ],
)
def test_a_block_that_cannot_work_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InvalidConfigError, match=sentence):
        load(text)


def test_a_wrong_sampler_or_pruner_is_invalid_work() -> None:
    with pytest.raises(InvalidConfigError, match=r"study.sampler.name"):
        make_sampler(load(json.dumps(work(sampler={"name": "Nope"}))), 0)
    with pytest.raises(InvalidConfigError, match=r"study.pruner.options"):
        make_pruner(load(json.dumps(work(pruner={"name": "NopPruner", "options": {"a": 1}}))))


def test_an_identity_needs_no_pod() -> None:
    assert WorkerIdentity.from_environ({}) == WorkerIdentity("", "", "", 0)


@pytest.mark.parametrize(("gpus", "attribute"), [({}, None), ({"HPOSWEEP_GPUS": "0.5"}, 0.5)])
def test_a_trial_bears_the_gpus_of_its_pod_if_it_has_any(gpus: dict[str, str], attribute: float | None) -> None:
    assert signature(WorkerIdentity.from_environ(gpus), "", CodeVersion()).get("hposweep:gpus") == attribute
    assert WorkerIdentity.from_environ({protocol.WORKER_INDEX_ENV: "7"}).index == 7


def attributes(**changes: Any) -> dict[str, Any]:
    block = {"stop": "None", "maxTrials": 5}
    return {protocol.OWNER: SWEEP_UID, protocol.PROTOCOL: protocol.PROTOCOL_VERSION, protocol.CONTROL: block} | changes


def texts(found: dict[str, Any]) -> dict[str, str]:
    return {key: json.dumps(value) for key, value in found.items()}


def test_control_is_read_with_the_owner() -> None:
    assert parse_control(texts(attributes()), "s", SWEEP_UID) == Control(ControlBlock(max_trials=5))


@pytest.mark.parametrize(
    ("found", "error", "sentence"),
    [
        ({}, FencedError, "study `s` has no owner"),
        (attributes() | {protocol.OWNER: "other"}, FencedError, "study `s` belongs to the sweep with uid other"),
        ({protocol.OWNER: SWEEP_UID}, FencedError, "has no attribute hposweep:control"),
        (attributes() | {protocol.CONTROL: {"stop": "None"}}, FencedError, "has no attribute hposweep:control"),
        (attributes() | {protocol.PROTOCOL: 99}, ProtocolMismatchError, "speaks protocol 99, this worker's image 2"),
    ],
)
def test_a_study_that_is_not_ours_is_not_touched(found: dict[str, Any], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        parse_control(texts(found), "s", SWEEP_UID)


@pytest.mark.parametrize(
    "text",
    [
        "cannot connect to postgresql://me:p%40ss@db/x",
        "cannot connect to postgresql+psycopg2://me:p%40ss@db/x",
        "password p@ss is wrong",
        "password p%40ss is wrong",
    ],
)
def test_neither_url_nor_password_is_printed(text: str) -> None:
    shown = Redaction.of_uri("postgresql://me:p%40ss@db/x").apply(text)
    assert "p@ss" not in shown
    assert "p%40ss" not in shown
    assert "[redacted]" in shown


def test_a_redaction_does_not_print_itself() -> None:
    assert "p%40ss" not in repr(Redaction.of_uri("postgresql://me:p%40ss@db/x"))
    assert Redaction.of_uri("").apply("all of it") == "all of it"
