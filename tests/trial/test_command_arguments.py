"""`$(NAME)` in the arguments of a command objective."""

from __future__ import annotations

import json
import sys
from typing import Any

import optuna
import pytest

from hpotrial import protocol
from hpotrial.objective.command import arguments
from hpotrial.objective.command.run import Command
from tests.trial.builders import work

PARAMS = {"lr": 1e-05, "encoder": "a b", "amp": True, "clip": None, "layers": [1, 2], "n-heads": 4}
ENVIRON = {"HPO_PARAM_LR": "1e-05", "HPO_PARAM_ENCODER": "a b", "HOME": "/home/me", "SECRET": "$(HOME)"}
OPTIONS = ["--lr=1e-05", "--encoder=a b", "--amp=true", "--layers=[1, 2]", "--n-heads=4"]


def expanded(*texts: str) -> list[str]:
    return arguments.expand(texts, ENVIRON, PARAMS, optional=["depth"])


@pytest.mark.parametrize(
    ("argument", "expansion"),
    [
        ("--lr=$(HPO_PARAM_LR)", ["--lr=1e-05"]),
        ("$(HPO_PARAM_ENCODER)", ["a b"]),  # one argument, with its space
        ("$(HPO_PARAM_LR)/$(HOME)", ["1e-05//home/me"]),
        ("$(SECRET)", ["$(HOME)"]),  # a value is not expanded again
        ("$(HPO_PARAM_WD) $(date) $HOME", ["$(HPO_PARAM_WD) $(date) $HOME"]),  # not ours: a shell may know it
        ("$(HPO_PARAM_DEPTH)", [""]),  # its condition does not hold in this trial
        ("$$(HPO_PARAM_LR) $$$(HPO_PARAM_LR) 5$", ["$(HPO_PARAM_LR) $1e-05 5$"]),
        ("$(HPO_ARGS)", OPTIONS),
        ("run $(HPO_ARGS)", ["run --lr=1e-05 '--encoder=a b' --amp=true '--layers=[1, 2]' --n-heads=4"]),
        ("", [""]),
    ],
)
def test_references_expand_as_in_a_container(argument: str, expansion: list[str]) -> None:
    assert expanded(argument) == expansion


def test_no_parameters_are_no_arguments() -> None:
    assert arguments.expand(["train", "$(HPO_ARGS)", "--fast"], {}, {}) == ["train", "--fast"]


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-c", "import json, sys; print(json.dumps(len(sys.argv)), sys.argv[1:])", "$(HPO_ARGS)"),
        ("sh", "-c", f"{sys.executable} -c 'import sys; print(sys.argv[1:])' $(HPO_ARGS)"),
        ("sh", "-c", f"eval {sys.executable} -c \"'import sys; print(sys.argv[1:])'\" $HPO_ARGS"),
    ],
)
def test_a_program_receives_its_parameters_as_options(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    space: list[dict[str, Any]] = [{"name": "kind", "categorical": {"choices": ["a 'b'"]}}]
    monkeypatch.setenv(protocol.WORK_ENV, json.dumps(work(search_space=space, fixed={"epochs": 3})))
    with pytest.raises(Exception, match="is not JSON"):
        Command(command)(optuna.create_study().ask())
    assert str(["--epochs=3", "--kind=a 'b'"]) in capfd.readouterr().out


def test_the_program_itself_may_be_a_reference() -> None:
    Command(("$(PYTHON)", "train.py")).check()
