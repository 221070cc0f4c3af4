"""Metrics in the output of a command objective: by pattern, by name, with steps, and what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

import optuna
import pytest

from hpotrial import protocol
from hpotrial.config import InvalidConfigError, load_config
from hpotrial.objective.command import metrics
from hpotrial.objective.command.run import Command
from hpotrial.objective.invoke import call
from hpotrial.protocol.messages import Pruned, Returned, ReturnedInvalid, TrialEnd
from hpotrial.protocol.metrics import Metric
from tests.trial.builders import work

VAL_ACC = Metric("val_acc", "val_acc=([0-9.eE+-]+)")


def ended(script: str, *configured: Metric, objectives: tuple[str, ...] = ("val_acc",), trial: Any = None) -> TrialEnd:
    block = work(objectives=[{"name": name, "direction": "Maximize"} for name in objectives])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(protocol.WORK_ENV, json.dumps(block))
        return call(Command(("sh", "-c", script), None, configured), trial or optuna.create_study().ask())


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("echo val_acc=0.5; echo val_acc=0.75; echo done", 0.75),  # the last match
        ("echo 'epoch 1 val_acc=0.1 val_acc=0.2'", 0.2),  # also of one line
        ("printf 'val_acc=0.5\\rval_acc=0.6\\r\\n'", 0.6),  # a progress bar
        ("echo 'INFO val_acc=0.5' >&2", 0.5),  # a log
        ("printf 'val_acc=0.5'", 0.5),  # no end of the line
        ("printf '\\033[32mval_acc\\033[0m=0.5\\n'", 0.5),  # a coloured terminal
        ("echo 'val_acc=0.5.'", 0.5),
        ("echo val_acc=0.5; echo 7 > $HPO_RESULT_FILE", 7.0),  # the result file comes first
        ("echo val_acc=0.5; echo 7", 0.5),  # the last line as JSON comes later
        ("printf 'val_acc=0.5\\377\\n'", 0.5),
    ],
)
def test_a_pattern_finds_its_value(script: str, value: float) -> None:
    assert ended(script, VAL_ACC) == Returned((value,))


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("echo val_acc=0.93", 0.93),
        ("echo 'val_acc: 9e-1, loss: 3'", 0.9),
        ("echo 'val_acc = .5'; echo done", 0.5),
        ('echo \'{"val_acc": 0.5, "epoch": 3}\'', 0.5),
        ("echo val_acc=0.93; echo 0.5", 0.5),  # a number on the last line is the result, as always
        ("echo best_val_acc=1; echo val_acc=-1e3", -1000.0),
        ("echo 'val_acc: 93.1%'; echo 'val_acc:  50%|#####| 1/2'", 93.1),  # a progress bar has no value
        ("echo 'val_acc=1 %, loss=2'; echo 'see val_acc: above'", 1.0),
        ("echo \"{'val_acc': np.float64(0.25), 'loss': 1}\"", 0.25),
        ("echo 'val_acc: tensor(0.2500, device=cuda:0)'", 0.25),
        ("printf '\\033]8;;http://a\\033\\\\val_acc\\033]8;;\\a=0.5\\n'", 0.5),  # a link
        ("printf '\\033[32m0.5\\033[0m\\n'", 0.5),  # a coloured last line
    ],
)
def test_pairs_that_name_the_objective_need_no_pattern(script: str, value: float) -> None:
    assert ended(script) == Returned((value,))


def test_several_objectives_are_found_by_pattern_and_by_name() -> None:
    script = "echo acc=0.5 loss=2; echo accuracy 70"
    assert ended(script, objectives=("loss", "acc")) == Returned((2.0, 0.5))
    by_pattern = Metric("acc", r"(?P<key>accuracy) (?P<value>\d+)")
    assert ended(script, by_pattern, objectives=("loss", "acc")) == Returned((2.0, 70.0))


def test_a_metric_that_is_no_objective_becomes_an_attribute() -> None:
    trial = optuna.create_study().ask()
    end = ended(
        "echo val_acc=0.5 size=3; echo took 12 s", VAL_ACC, Metric("size"), Metric("time", r"took (\d+)"), trial=trial
    )
    assert end == Returned((0.5,))
    assert trial.user_attrs == {"size": 3.0, "time": 12.0}


@pytest.mark.parametrize(
    ("script", "configured", "sentence"),
    [
        (
            "echo accuracy=0.93",
            (),
            "the last line of its output: names `accuracy`, and no line has the objective `val_acc`; and "
            "HPO_RESULT_FILE was not written. Print `val_acc=…`, or say in spec.objective.metrics how it is printed, "
            "also on the error output",
        ),
        (
            "echo val_acc=0.93 >&2; echo done",
            (),
            "the last line of its output: `done` is not JSON; it must be a number, a list of numbers, or "
            '{"value" or "values", "attributes", "constraints"}; and HPO_RESULT_FILE was not written. Print '
            "`val_acc=…`, or say in spec.objective.metrics how it is printed, also on the error output",
        ),
        (
            "echo hello",
            (VAL_ACC,),
            "spec.objective.metrics[0] (`val_acc`): no line of the output matches `val_acc=([0-9.eE+-]+)`",
        ),
        (
            "echo hello",
            (Metric("val_acc"),),
            "spec.objective.metrics[0] (`val_acc`): no line of the output matches `val_acc=…`",
        ),
        (
            "echo 'val_acc: 1,234.5'",
            (),
            "the output has `val_acc` as `1,234.5`, which is not a plain number. Print `val_acc=…` without a unit and "
            "without commas, or say in spec.objective.metrics how it is printed",
        ),
        (
            'echo \'{"value": 1, "lr": 3}\'',
            (),
            "the last line of its output: has `lr`; allowed are attributes, constraints, value, values; and "
            "HPO_RESULT_FILE was not written",
        ),
        (
            "echo val_acc=0:12:30",
            (Metric("val_acc"),),
            "spec.objective.metrics[0] (`val_acc`): matched `0:12:30`, which is not a number",
        ),
        (
            "echo val_acc=0,5",
            (Metric("val_acc"),),
            "spec.objective.metrics[0] (`val_acc`): matched `0,5`, which is not a number",
        ),
        ("echo val_acc=e", (VAL_ACC,), "spec.objective.metrics[0] (`val_acc`): matched `e`, which is not a number"),
    ],
)
def test_what_is_missing_is_named(script: str, configured: tuple[Metric, ...], sentence: str) -> None:
    assert ended(script, *configured) == ReturnedInvalid(sentence)


STEPS = Metric("val_acc", r"val_acc=(\S+)", r"epoch (\d+)")


def test_steps_are_reported_from_one_line_or_from_two() -> None:
    trial = optuna.create_study().ask()
    script = (
        "echo val_acc=9; echo epoch 1 val_acc=0.1; echo epoch 2/9; echo val_acc=0.2; echo val_acc=0.3; echo epoch 3"
    )
    assert ended(script, STEPS, trial=trial) == Returned((0.3,))
    assert trial.study.trials[0].intermediate_values == {1: 0.1, 2: 0.2}


def test_a_trial_is_pruned_by_what_it_prints() -> None:
    trial = optuna.create_study(pruner=optuna.pruners.ThresholdPruner(upper=100.0)).ask()
    script = "echo epoch 0 val_acc=1000; until [ -e $HPO_PRUNED_FILE ]; do sleep 0.05; done"
    assert ended(script, STEPS, trial=trial) == Pruned()


def test_several_objectives_report_no_steps() -> None:
    assert ended("echo epoch 1 val_acc=2 loss=3", STEPS, objectives=("val_acc", "loss")) == Returned((2.0, 3.0))


def test_a_slow_pattern_fails_the_trial_instead_of_blocking_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "MAX_SEARCH_SECONDS", 0.1)
    slow = Metric("val_acc", ".*.*.*.*.*=x(1)")
    end = ended("head -c 4000 /dev/zero | tr '\\0' =; echo", slow)
    assert end == ReturnedInvalid(
        "spec.objective.metrics: the patterns took longer than 0.1 s on one part of the output"
    )


def test_only_the_beginning_of_a_long_line_is_searched() -> None:
    end = ended("echo val_acc=1; head -c 200000 /dev/zero | tr '\\0' x; echo val_acc=2; echo val_acc=3 x", VAL_ACC)
    assert end == Returned((3.0,))
    end = ended("echo val_acc=1; head -c 200000 /dev/zero | tr '\\0' x; echo val_acc=2", VAL_ACC)
    assert end == Returned((1.0,))


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("val_acc=", "has no group. Put the number into parentheses"),
        ("val_acc=(", "not a regular expression: missing )"),
        ("(val)_acc=(.*)", "has several groups. Name the one with the number"),
        ("((?:a+)+)$", "a repetition inside a repetition"),
        ("(?:ab|a)*(b)", "a repetition inside a repetition"),
    ],
)
@pytest.mark.parametrize("field", ["pattern", "stepPattern"])
def test_a_pattern_that_cannot_be_used_is_refused_at_start(field: str, pattern: str, sentence: str) -> None:
    block = work()
    metric = {"name": "loss", "pattern": "(.)", field: pattern}
    block["objective"] = {"command": ["true"], "metrics": [metric]}
    with pytest.raises(InvalidConfigError) as refusal:
        load_config({protocol.WORK_ENV: json.dumps(block)})
    assert str(refusal.value).startswith(f"spec.objective.metrics[0].{field}: {sentence}")
