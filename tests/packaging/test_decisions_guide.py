"""The guide to decision points does what it says: its own sweep, its own patch."""

from __future__ import annotations

import json
import re

import pytest

from hposweep.judge.decisions import replay
from hposweep.schema.check import check
from tests.documents import ROOT, sweeps
from tests.unit import world
from tests.unit.judge.deciding import evidence
from tests.unit.judge.histories import of_values

PAGE = "docs/how-to/decisions.md"
BODY = sweeps()[f"{PAGE}:0"]


@pytest.mark.parametrize(
    ("best", "outcome", "label"),
    [
        (0.25, "Stop", "no improvement"),
        (0.26, "Ask", ""),
        (0.30, "Ask", ""),
        (0.31, "Continue", "on track"),
        (0.33, "Continue", "excellent progress"),
    ],
)
def test_the_rule_decides_as_the_guide_says(best: float, outcome: str, label: str) -> None:
    of = world.sweep(**BODY["spec"])
    so_far = of_values([0.2] * 30 + [best] + [0.1] * 19 + [0.9] * 50)
    (decision,) = replay(of.spec, evidence(of, so_far), world.NOON)
    assert (decision.outcome, decision.label, decision.trials) == (outcome, label, 50)


def test_the_patch_is_an_answer_that_the_schema_takes() -> None:
    (patch,) = re.findall(r"-p '(\{.*\})'", (ROOT / PAGE).read_text())
    document = {**BODY, "metadata": {**BODY["metadata"], "namespace": "default"}}
    document["spec"] = {**BODY["spec"], **json.loads(patch)["spec"]}
    checked = check(document, None)
    assert checked.faults == ()
    of = world.sweep(**document["spec"])
    so_far = of_values([0.28] * 50)
    (decision,) = replay(of.spec, evidence(of, so_far), world.NOON)
    assert (decision.outcome, decision.by) == ("Continue", "ada")
