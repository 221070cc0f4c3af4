"""The trials that the study starts with."""

from __future__ import annotations

from typing import Any

from hposweep.judge.linter.rules import LinterRule
from tests import builders as b
from tests.unit.judge.linter.case import DEPTH, KIND, LR, Case

Json = dict[str, Any]
CONDITIONAL = [KIND, b.int_parameter("depth", 1, 8, when=b.when("kind", "a")), LR]
STEPPED = [b.float_parameter("dropout", 0.0, 0.5, step=0.1)]


def enqueued(*points: Json, **more: Any) -> Json:
    return {"study": b.study(enqueue=list(points)), **more}


def warm(*entries: Json, **study: Any) -> Json:
    return {"study": b.study(warmStart=list(entries), **study)}


def outside(fires: Json, quiet: Json, *words: str, **more: Any) -> Case:
    fields = ("spec.study.enqueue[0]",)
    rule = LinterRule.ENQUEUED_OUTSIDE_SPACE
    return Case(rule, enqueued(fires, **more), enqueued(quiet, **more), words, "Error", fields)


CASES = (
    outside({"lr": 5}, {"lr": 0.1}, "`lr`", "got `5`", "1e-05 to 0.1"),
    outside({"lr": "0.1"}, {"lr": 1e-5}, 'got `"0.1"`'),
    outside({"lr": float("nan")}, {"lr": 0.01}, 'got `"NaN"`'),
    outside({"x": float("inf")}, {"x": 1e300}, "finite numbers", searchSpace=[]),
    outside({"depth": 2.5}, {"depth": 2.0}, "an integer from 1 to 8"),
    outside({"depth": True}, {"depth": 1}, "got `true`"),
    outside({"depth": 10**400}, {"depth": 8}, "…"),
    outside({"kind": "c"}, {"kind": "a"}, 'allowed: "a", "b"'),
    outside({"kind": {"a": 1}}, {"kind": "b"}, '`{"a": 1}`'),
    outside({"dropout": 0.25}, {"dropout": 0.3}, "step 0.1", searchSpace=STEPPED),
    outside({"lr": None}, {"lr": 0.1}, "got `null`"),
    outside({"width": 3}, {"depth": 3}, "unknown parameter `width`", "allowed: `kind`, `depth`, `lr`"),
    outside(
        {"epochs": 3}, {"depth": 3}, "the same in every trial", objective={"python": "m:f", "fixed": {"epochs": 3}}
    ),
    Case(
        LinterRule.ENQUEUED_OUTSIDE_SPACE,
        {"baselineTrial": {"params": {"lr": 5}}},
        {"baselineTrial": {"params": {"lr": 0.1}}},
        ("`lr`", "got `5`"),
        "Error",
        ("spec.baselineTrial.params",),
    ),
    Case(
        LinterRule.ENQUEUED_NEVER_ASKED,
        enqueued({"kind": "b", "depth": 3}, searchSpace=CONDITIONAL),
        enqueued({"kind": "a", "depth": 3}, {"depth": 3}, searchSpace=CONDITIONAL),
        ("`depth` is unused", '`kind` is `"b"`'),
        fields=("spec.study.enqueue[0]", "spec.searchSpace[1].when"),
    ),
    Case(
        LinterRule.ENQUEUED_TWICE,
        enqueued({"lr": 0.1, "depth": 1}, {"lr": 0.01}, {"depth": 1, "lr": 0.1}),
        enqueued({"lr": 0.1, "depth": 1}, {"lr": 0.1}),
        ("equal to `spec.study.enqueue[0]`",),
        fields=("spec.study.enqueue[2]", "spec.study.enqueue[0]"),
    ),
    Case(
        LinterRule.START_BEYOND_BUDGET,
        enqueued(*({"depth": number} for number in range(1, 5)), trials={"max": 3}),
        enqueued(*({"depth": number} for number in range(1, 5)), trials={"max": 4}),
        ("4 points", "is 3"),
        "Error",
        ("spec.study.enqueue", "spec.trials.max"),
    ),
    Case(
        LinterRule.START_BEYOND_BUDGET,
        enqueued({"depth": 1}, trials={"max": 3}, baselineTrial={"corners": True}),
        enqueued({"depth": 1}, trials={"max": 3}, baselineTrial={"corners": True, "count": False}),
        ("1 point and 3 trials", "`spec.baselineTrial`", "is 3"),
        "Error",
        ("spec.study.enqueue", "spec.baselineTrial", "spec.trials.max"),
    ),
    Case(
        LinterRule.START_BEYOND_BUDGET,
        {**warm({"study": "v2", "top": 10}, enqueue=[{"lr": 0.1}]), "trials": {"max": 10}},
        {**warm({"study": "v2", "top": 10}, enqueue=[{"lr": 0.1}]), "trials": {"max": 11}},
        ("1 point and 10 trials", "`spec.study.warmStart`", "is 10"),
        "Error",
    ),
    Case(
        LinterRule.START_AGAINST_SAMPLER,
        {**warm({"study": "v2"}, sampler={"name": "BruteForceSampler"}), "searchSpace": [KIND, DEPTH]},
        {**warm({"study": "v2"}, sampler={"name": "RandomSampler"}), "searchSpace": [KIND, DEPTH]},
        ("`BruteForceSampler`",),
        "Error",
        ("spec.study.warmStart", "spec.study.sampler.name"),
    ),
    Case(
        LinterRule.WARM_START_FROM_ITSELF,
        warm({"study": "v2"}, name="v2"),
        warm({"study": "v2", "storage": {"secretRef": {"name": "other", "key": "uri"}}}, name="v2"),
        ("the sweep's own study",),
        "Error",
        ("spec.study.warmStart[0].study", "spec.study.name"),
    ),
)
