"""Names and values of the trial's code, as they leave its process. None needs a class of the user's to be unpickled."""

from __future__ import annotations

import enum
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution

from hpotrial.process.attributes import MAX_LEVELS, checked_choices, plain_value
from hpotrial.process.trial_proxy import TrialProxy
from hpotrial.protocol.messages import TrialFacts

FACTS = TrialFacts(number=0, trial_id=1, study_id=1, study_name="study", directions=("MINIMIZE",))


class Name(enum.StrEnum):
    RATE = "rate"
    KIND = "kind"


class Text(str):
    __slots__ = ()


class Number(float):
    __slots__ = ()


class Recorder:
    """A client that keeps what would cross the pipe."""

    facts = FACTS

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def call(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        self.calls.append((name, arguments, keywords))
        return "rate"  # a choice of the calls below


CALLS: dict[str, Callable[[optuna.Trial], Any]] = {
    "float": lambda trial: trial.suggest_float(Name.RATE, Number(0.1), Number(1.1), step=Number(0.5)),
    "int": lambda trial: trial.suggest_int(Text("n"), 0, 4, step=np.int64(2)),
    "log": lambda trial: trial.suggest_float(Name.RATE, 0.1, 1, log=Text("yes")),  # type: ignore[arg-type]
    "categorical": lambda trial: trial.suggest_categorical(Name.KIND, list(Name)),
    "user attribute": lambda trial: trial.set_user_attr(Name.RATE, {Name.RATE: [Name.KIND, Text("t")]}),
    "constraint": lambda trial: trial.set_constraint(Name.RATE, Number(1)),
    "report": lambda trial: trial.report(Number(1), np.int64(3)),
    "attribute of the study": lambda trial: trial.study.set_user_attr(Text("a"), Name.RATE),
    "enqueued": lambda trial: trial.study.enqueue_trial({Name.RATE: Text("t")}, user_attrs={Text("a"): Name.KIND}),
    "parameter by the storage": lambda trial: trial.storage.set_trial_param(
        1, Name.KIND, Number(0), CategoricalDistribution(list(Name))
    ),
    "system attribute": lambda trial: trial.storage.set_trial_system_attr(1, Name.RATE, Text("t")),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_class_of_the_users_leaves_the_process(call: Callable[[optuna.Trial], Any]) -> None:
    client = Recorder()
    call(TrialProxy(client))
    assert client.calls
    assert __name__.encode() not in pickle.dumps(client.calls)


def test_a_member_of_an_enumeration_is_its_text() -> None:
    client = Recorder()
    TrialProxy(client).set_user_attr(Name.RATE, 1)
    TrialProxy(client).suggest_categorical(Name.KIND, list(Name))
    assert [arguments for _, arguments, _ in client.calls] == [("rate", 1), ("kind", ["rate", "kind"])]


@pytest.mark.parametrize("name", [5, None, b"x", 1.5, ("a",)])
def test_a_parameter_without_a_text_as_name_is_refused_with_a_sentence(name: Any) -> None:
    trial = TrialProxy(Recorder())
    for suggest in (
        lambda: trial.suggest_float(name, 0, 1),
        lambda: trial.suggest_int(name, 0, 1),
        lambda: trial.suggest_categorical(name, ["rate"]),
        lambda: trial._suggest(name, FloatDistribution(0, 1)),
    ):
        with pytest.raises(TypeError, match=r"^parameter .*: the name must be a string \(got .*\)\. Write "):
            suggest()


def nested(levels: int) -> Any:
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


def test_a_value_has_a_limited_depth() -> None:
    assert plain_value("user attribute", "a", nested(MAX_LEVELS)) == nested(MAX_LEVELS)
    for levels in (MAX_LEVELS + 1, 900, 5000):
        with pytest.raises(ValueError, match=r"^user attribute `a`: more than 200 levels of lists and mappings"):
            plain_value("user attribute", "a", nested(levels))


def test_what_json_cannot_hold_is_named() -> None:
    with pytest.raises(
        TypeError, match=r"^user attribute `a`: Object of type set is not JSON serializable\. Use numbers"
    ):
        plain_value("user attribute", "a", {"deep": {1}})
    with pytest.raises(TypeError, match=r"^user attribute `a`: keys must be str"):
        plain_value("user attribute", "a", {(1, 2): 3})
    with pytest.raises(
        TypeError, match=r"^parameter `c`: choices: Object of type bytes is not JSON serializable\. Use "
    ):
        checked_choices("c", [1, b"x"])


def test_a_value_that_shares_its_parts_is_small() -> None:
    value: Any = []
    for _ in range(10):
        value = [value, value]
    assert plain_value("user attribute", "a", value) == value
