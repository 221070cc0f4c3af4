"""Names of parameters as environment variables."""

from __future__ import annotations

import pytest

from hpotrial.objective.command import environment
from hpotrial.protocol import command


@pytest.mark.parametrize(
    ("parameter", "variable"),
    [
        ("lr", "HPO_PARAM_LR"),
        ("learning-rate", "HPO_PARAM_LEARNING_RATE"),
        ("opt.lr[0]", "HPO_PARAM_OPT_LR_0_"),
        ("größe", "HPO_PARAM_GR_SSE"),
        ("2nd", "HPO_PARAM_2ND"),
    ],
)
def test_every_name_becomes_a_variable(parameter: str, variable: str) -> None:
    assert command.variable(parameter) == variable


def test_two_names_with_one_variable_are_a_fault() -> None:
    assert environment.name_conflict(["lr", "depth"]) == ""
    assert environment.name_conflict(["learning-rate", "x", "learning_rate"]) == (
        "spec.searchSpace: `learning-rate` and `learning_rate` would both become HPO_PARAM_LEARNING_RATE for "
        "spec.objective.command. Rename one of them"
    )
