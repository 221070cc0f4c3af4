"""Mistakes about how a sweep is judged: criteria, baseline, decision points, answers, limits. Part of `refused`."""

from __future__ import annotations

from tests.builders import changed, sweep
from tests.contract.mistake import Json, Refused, one, tier

RULE = {"when": {"bestValue": {"lessThan": 0.2}}, "then": "Stop"}
POINT = {"name": "half", "at": {"trials": 5}, "rules": [RULE], "otherwise": "Continue"}
TIER = "spec.success.<tier>[]"


def point(mistake: str, path: str, value: object, field: str, allowed: str) -> Refused:
    """A valid decision point with one field set."""
    return Refused(mistake, sweep(decisionPoints=[changed(POINT, path, value)]), field, allowed)


def _without(name: str) -> Json:
    return sweep(decisionPoints=[{key: value for key, value in POINT.items() if key != name}])


CRITERIA = [
    tier("unknown criterion", {"publishableResults": {}}, field="publishableResults", allowed="unknown field"),
    tier(
        "improvement without a unit",
        {"bestValue": {"improvesBaselineBy": "0.05"}},
        field=f"`{TIER}.bestValue.improvesBaselineBy`",
        allowed="for instance `5%`",
    ),
    tier(
        "improvement as a number",
        {"bestValue": {"improvesBaselineBy": 5}},
        field="improvesBaselineBy",
        allowed="must be of type string",
    ),
    tier("share in percent", {"completedRatio": {"min": 90}}, field="completedRatio.min", allowed="or equal to 1"),
    tier("negative share", {"failedRatio": {"max": -0.1}}, field="failedRatio.max", allowed="or equal to 0"),
    tier("elite of nothing", {"eliteShare": {"min": 0.7}}, field="eliteShare.parameter", allowed="Required value"),
    tier("elite without a wish", {"eliteShare": {"parameter": "x"}}, field=f"`{TIER}.eliteShare`", allowed="`minLift`"),
    tier(
        "boundaries of no parameter",
        {"boundariesResolved": {"parameters": []}},
        field="boundariesResolved.parameters",
        allowed="at least 1 items",
    ),
    tier(
        "margin of half the range",
        {"boundariesResolved": {"parameters": ["x"], "margin": 0.5}},
        field="boundariesResolved.margin",
        allowed="less than or equal to 0.25",
    ),
    tier(
        "correlation above one",
        {"clearTrend": {"parameters": ["x"], "minAbsCorrelation": 2}},
        field="clearTrend.minAbsCorrelation",
        allowed="less than or equal to 1",
    ),
    tier(
        "confidence of more than all",
        {"improvementIsReal": {"confidence": 95}},
        field="improvementIsReal.confidence",
        allowed="less than or equal to 1",
    ),
    tier("one alternative", {"anyOf": [{"trialsFinished": {"min": 1}}]}, field="anyOf", allowed="at least 2 items"),
    tier(
        "alternatives within alternatives",
        {"anyOf": [{"anyOf": []}, {"trialsFinished": {"min": 1}}]},
        field="anyOf[0].anyOf",
        allowed="unknown field",
    ),
    tier(
        "alternative without a kind",
        {"anyOf": [{}, {"trialsFinished": {"min": 1}}]},
        field=f"`{TIER}.anyOf[]`",
        allowed="exactly one of",
    ),
]

BASELINE = [
    one("baseline of nothing", "spec.baseline", {}, "`spec.baseline`", "exactly one of `study` and `value`"),
    one("two baselines", "spec.baseline", {"study": "v2", "value": 1}, "`spec.baseline`", "exactly one of"),
    one(
        "baseline trials of a study",
        "spec.baseline",
        {"study": "v2", "trials": 20},
        "`spec.baseline.trials`",
        "`spec.baseline.value` is there",
    ),
    one(
        "database of a number",
        "spec.baseline",
        {"value": 1, "storage": {"secretRef": {"name": "a", "key": "b"}}},
        "`spec.baseline.storage`",
        "`spec.baseline.study` is there",
    ),
    one(
        "range upside down",
        "spec.study.objectives.0.range",
        {"min": 1, "max": 0},
        "objectives[].range.min`",
        "less than `max`",
    ),
]

DECISIONS = [
    Refused("decision without otherwise", _without("otherwise"), "decisionPoints[0].otherwise", "Required value"),
    Refused("decision without rules", _without("rules"), "decisionPoints[0].rules", "Required value"),
    Refused("decision without a moment", _without("at"), "decisionPoints[0].at", "Required value"),
    point("decision at no moment", "at", {}, "`spec.decisionPoints[].at`", "exactly one of"),
    point("decision at two moments", "at", {"trials": 5, "seconds": 9}, "`spec.decisionPoints[].at`", "exactly one of"),
    point("decision in percent", "at", {"fraction": 50}, "at.fraction", "less than or equal to 1"),
    point("decision named in capitals", "name", "Half", "`spec.decisionPoints[].name`", "lower-case letters"),
    point("unknown decision", "otherwise", "Wait", "otherwise", '"Continue", "Stop", "Ask"'),
    point("rule without a wish", "rules", [{"then": "Stop"}], "rules[0].when", "Required value"),
    point("rule with an empty wish", "rules", [RULE | {"when": {}}], "rules[].when`", "exactly one of"),
    point("default that asks", "ask", {"default": "Ask"}, "ask.default", '"Continue", "Stop"'),
    Refused("decision twice", sweep(decisionPoints=[POINT, POINT]), "decisionPoints[1]", "Duplicate value"),
    one("answer that asks", "spec.answers", [{"decision": "half", "answer": "Ask"}], "answers[0].answer", '"Continue"'),
]

ONE_RULE = "`spec.stopWhen[]`"
STOP_WHEN = [
    one("stop without a rule", "spec.stopWhen", [{}], ONE_RULE, "exactly one of `bestValue`, `noImprovement`"),
    one(
        "stop by a share",
        "spec.stopWhen",
        [{"eliteShare": {"parameter": "x", "min": 1}}],
        "eliteShare",
        "unknown field",
    ),
    one(
        "stop by two rules at once",
        "spec.stopWhen",
        [{"bestValue": {"lessThan": 1}, "noImprovement": {"trials": 9}}],
        ONE_RULE,
        "because after many looks chance alone makes them True",
    ),
    one("stop at no value", "spec.stopWhen", [{"bestValue": {}}], "`spec.stopWhen[].bestValue`", "exactly one of"),
    one("stop without patience", "spec.stopWhen", [{"noImprovement": {}}], "noImprovement.trials", "Required value"),
    one("stop at once", "spec.stopWhen", [{"noImprovement": {"trials": 0}}], "noImprovement.trials", "or equal to 1"),
    one(
        "stop by failures in percent",
        "spec.stopWhen",
        [{"failedRatio": {"greaterThan": 5}}],
        "failedRatio.greaterThan",
        "less than or equal to 1",
    ),
]

CHAT = {"secretRef": {"name": "chat", "key": "url"}, "events": ["Ended"]}
NOTIFY = [
    one("notify of nothing", "spec.notify", [CHAT | {"events": []}], "notify[0].events", "at least 1 items"),
    one("notify of every trial", "spec.notify", [CHAT | {"events": ["Trial"]}], "notify[0].events[0]", '"Ended"'),
    one("notify twice of one", "spec.notify", [CHAT | {"events": ["Ended"] * 2}], "events[1]", "Duplicate value"),
    one("notify without events", "spec.notify", [{"secretRef": CHAT["secretRef"]}], "[0].events", "Required value"),
    one("notify without a key", "spec.notify", [CHAT | {"secretRef": {"name": "chat"}}], "Ref.key", "Required value"),
    one("notify by a URL", "spec.notify", [CHAT | {"url": "json://host"}], "notify[0].url", "unknown field"),
    one(
        "notify by a Secret in capitals",
        "spec.notify",
        [CHAT | {"secretRef": {"name": "Chat", "key": "url"}}],
        "`spec.notify[].secretRef.name`",
        "lower-case letters",
    ),
    one("an owner of two lines", "spec.owner", "ada\nbob", "`spec.owner`", "one line without control characters"),
    one("an owner that is too long", "spec.owner", "a" * 254, "spec.owner", "253"),
    one("a description that is too long", "spec.description", "a" * 2001, "spec.description", "2000"),
    one("too many targets", "spec.notify", [CHAT] * 6, "spec.notify", "at most 5 items"),
]

LIMITS = [
    one("deadline of nothing", "spec.budget.activeDeadlineSeconds", 0, "activeDeadlineSeconds", "or equal to 1"),
    one("no GPU seconds", "spec.budget.gpuSeconds", 0, "budget.gpuSeconds", "or equal to 1"),
    one("a fraction of a GPU second", "spec.budget.gpuSeconds", 1.5, "budget.gpuSeconds", "integer"),
    one("a price without its currency", "spec.cost", {"pricePerGpuHour": 1}, "spec.cost.currency", "Required value"),
    one("a sign as a currency", "spec.cost", {"pricePerGpuHour": 1, "currency": "eur"}, "cost.currency", "[A-Z]{3}"),
    one(
        "a price below nothing",
        "spec.cost",
        {"pricePerGpuHour": -1, "currency": "EUR"},
        "pricePerGpuHour",
        "or equal to 0",
    ),
    one("failures in percent", "spec.health.maxFailedRatio", 5, "health.maxFailedRatio", "less than or equal to 1"),
    one("contrast of nothing", "spec.contrast", {}, "spec.contrast.parameters", "Required value"),
    one("contrast twice", "spec.contrast", {"parameters": ["x", "x"]}, "contrast.parameters[1]", "Duplicate value"),
    one("one pair", "spec.contrast", {"parameters": ["x"], "pairs": 1}, "spec.contrast.pairs", "or equal to 6"),
    one("no champion", "spec.champions", {"top": 0}, "spec.champions.top", "or equal to 1"),
    one("too many seeds", "spec.champions", {"seeds": 21}, "spec.champions.seeds", "less than or equal to 20"),
    one("champions without a container", "spec.champions", {"template": {"spec": {}}}, "spec.containers", "Required"),
]

JUDGEMENT = [*CRITERIA, *BASELINE, *DECISIONS, *STOP_WHEN, *NOTIFY, *LIMITS]
