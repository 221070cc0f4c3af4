"""Every rule takes choices that are lists, and parameters and attributes that are no numbers of JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.builders import categorical_parameter, float_parameter
from tests.unit.cli.judge.test_command import files, judged, rising, simple, written

__all__ = ["files"]

LAYERS = [[16], [16, 32], [8, [8, 4]]]
SPACE = [float_parameter("x", 0.0, 1.0), categorical_parameter("model/layers", *LAYERS)]
SUCCESS = {
    "minimum": [
        {"eliteShare": {"parameter": "model/layers", "value": [16, 32], "min": 0.7}},
        {"clearTrend": {"parameters": ["model/layers", "x"]}},
        {"boundariesResolved": {"parameters": ["x"]}},
    ]
}


def with_layers(number: int, value: Any) -> dict[str, Any]:
    trial = rising(120)[number]
    return {**trial, "params": {"x": trial["params"]["x"], "model/layers": value}}


@pytest.mark.parametrize(
    "choose",
    [
        lambda number: LAYERS[number % 3],
        lambda number: LAYERS[1] if number > 10 else LAYERS[0],
        lambda number: LAYERS[1],
        lambda number: [LAYERS[1], "NaN", 10**400, {"a": [1]}, None, True, 1][number % 7],
    ],
)
def test_lists_and_other_values_are_choices_to_every_rule(
    files: Path, capsys: pytest.CaptureFixture[str], choose: Any
) -> None:
    trials = [with_layers(number, choose(number)) for number in range(120)]
    body = simple(searchSpace=SPACE, success=SUCCESS, trials={"max": 120})
    result = judged(capsys, written(files, body, trials))
    (tier,) = result["success"]
    assert [criterion["criterion"] for criterion in tier["criteria"]] == [
        "eliteShare",
        "clearTrend",
        "boundariesResolved",
    ]
    assert result["best"]["params"]["model/layers"] is not None


def test_the_share_of_a_list_is_found(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trials = [with_layers(number, LAYERS[1] if number > 80 else LAYERS[number % 3]) for number in range(120)]
    result = judged(capsys, written(files, simple(searchSpace=SPACE, success=SUCCESS, trials={"max": 120}), trials))
    evidence = result["success"][0]["criteria"][0]["evidence"]
    assert (evidence["choice"], evidence["share"]) == ("[16, 32]", 1.0)
