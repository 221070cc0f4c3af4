"""Champions."""

from __future__ import annotations

from typing import Any

from hposweep.judge.linter.rules import LinterRule
from tests import builders as b
from tests.unit.judge.linter.case import BASELINE, Case

Json = dict[str, Any]
TWO = [{"name": "score", "direction": "Maximize"}, {"name": "seconds", "direction": "Minimize"}]
COMMAND = {"command": ["train"], "fixed": {"epochs": 3}}


def champions(*, blocks: Json | None = None, **fields: Any) -> Json:
    return {"champions": {"top": 3, "seeds": 3, **fields}, **(blocks or {})}


CASES = (
    Case(
        LinterRule.CHAMPIONS_WITHOUT_METRIC,
        champions(blocks={"study": {"objectives": TWO}}),
        champions(metric="seconds", blocks={"study": {"objectives": TWO}}),
        ("`score`, `seconds`",),
        "Error",
        ("spec.champions.metric",),
    ),
    Case(LinterRule.UNKNOWN_OBJECTIVE, champions(metric="scor"), champions(metric="score"), ("`scor`",), "Error"),
    Case(
        LinterRule.OVERRIDES_A_PARAMETER,
        champions(overrides={"lr": 0.1}),
        champions(overrides={"epochs": 100}),
        ("`lr` is a parameter of the search",),
        "Error",
        ("spec.champions.overrides.lr",),
    ),
    Case(
        LinterRule.SHARED_VARIABLE,
        champions(overrides={"max-epochs": 9, "max_epochs": 9}, blocks={"objective": COMMAND}),
        champions(overrides={"max_epochs": 9}, blocks={"objective": COMMAND}),
        ("HPO_PARAM_MAX_EPOCHS",),
        "Error",
    ),
    Case(LinterRule.ONE_SEED, champions(seeds=1), champions(seeds=2), ("at least 2",)),
    Case(
        LinterRule.NOTHING_TO_VALIDATE,
        champions(top=1),
        champions(top=1, blocks={"baseline": BASELINE}),
        ("nothing to compare with",),
    ),
    Case(
        LinterRule.MORE_CHAMPIONS_THAN_TRIALS,
        champions(blocks={"trials": {"max": 2}, "study": b.study(sampler={"name": "RandomSampler"})}),
        champions(blocks={"trials": {"max": 3}, "study": b.study(sampler={"name": "RandomSampler"})}),
        ("3 is more than the 2 trials",),
    ),
    Case(
        LinterRule.TIMEOUT_OF_THE_SEARCH,
        champions(overrides={"epochs": 100}, blocks={"trials": {"max": 100, "timeoutSeconds": 60}}),
        champions(overrides={"epochs": 100}, timeoutSeconds=600, blocks={"trials": {"max": 100, "timeoutSeconds": 60}}),
        ("60 s of the search",),
    ),
)
