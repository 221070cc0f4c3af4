"""What the schema refuses is found together with what the linter finds, each fault once."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from hposweep.cli.validate.findings import findings
from tests import builders as b
from tests.unit.judge.linter.case import above, below, point, rule

Json = dict[str, Any]


def rules(body: Json) -> list[str]:
    return [finding.rule for finding in findings(body)]


def test_a_broken_schema_does_not_hide_what_the_linter_finds() -> None:
    body = b.sweep(workers={"replicas": "many"}, success={"minimum": [b.trials_finished(11)]})
    found = {finding.rule: finding for finding in findings(body)}
    assert set(found) == {"Schema", "TrialsBeyondBudget"}
    assert {finding.fields[0] for finding in findings(body)} == {
        "spec.workers.replicas",
        "spec.workers.template",
        "spec.success.minimum[0].trialsFinished.min",
    }


@pytest.mark.parametrize(
    "path", ["spec.workers", "spec.workers.template", "spec.workers.template.spec.containers.0.image"]
)
def test_what_only_pods_need_is_said_to_be_unnecessary_in_a_local_run(path: str) -> None:
    (finding,) = findings(b.without(b.sweep(), path))
    assert finding.message.endswith(": Required value on a cluster; `hposweep run` works without it")


def test_nothing_is_said_of_a_number_that_is_not_there() -> None:
    assert rules(b.without(b.sweep(success={"minimum": [b.trials_finished(11)]}), "spec.trials.max")) == ["Schema"]
    body = b.sweep(success={"minimum": [b.trials_finished(11)]}, trials={"max": -3})
    assert rules(body) == ["Schema"]


def test_nothing_is_said_of_a_word_that_the_schema_refuses() -> None:
    body = b.sweep(success={"minimum": [{"bestValue": {"greaterThan": 1}}]})
    body = b.changed(body, "spec.study.objectives.0.direction", "maximize")
    assert [(finding.rule, finding.fields[0]) for finding in findings(body)] == [
        ("Schema", "spec.study.objectives[0].direction")
    ]


def test_a_decision_without_otherwise_is_said_once_with_its_gap() -> None:
    silent = point(rule(below(0.26), "Stop"), rule(above(0.3)), otherwise=None, trials=5)
    (finding,) = findings(b.sweep(decisionPoints=[silent]))
    assert (finding.rule, finding.severity) == ("SilentDecision", "Error")
    assert finding.numbers == {"low": 0.26, "high": 0.3}
    assert "in [0.26, 0.3]" in finding.message


@pytest.mark.parametrize(
    ("key", "advice"),
    [("publishableResults", "ask a person with `approval`"), ("bestvalue", "did you mean `bestValue`?")],
)
def test_an_unknown_criterion_is_said_once(key: str, advice: str) -> None:
    (finding,) = findings(b.sweep(success={"minimum": [{key: {}}]}))
    assert (finding.rule, finding.fields) == ("UnknownCriterion", (f"spec.success.minimum[0].{key}",))
    assert advice in finding.message


@pytest.mark.parametrize(
    ("key", "rule", "advice"),
    [
        ("eliteShare", "NotAStopRule", "after many looks chance alone makes it True"),
        ("clearTrend", "NotAStopRule", "after many looks"),
        ("boundariesResolved", "NotAStopRule", "after many looks"),
        ("improvementIsReal", "NotAStopRule", "after many looks"),
        ("trialsFinished", "NotAStopRule", "`spec.trials.max` limits the trials"),
        ("completedRatio", "NotAStopRule", "use `failedRatio`"),
        ("anyOf", "NotAStopRule", "Write one entry for each"),
        ("noImprovment", "UnknownCriterion", "did you mean `noImprovement`?"),
    ],
)
def test_a_rule_that_cannot_stop_a_sweep_is_refused_with_the_reason(key: str, rule: str, advice: str) -> None:
    (finding,) = findings(b.sweep(stopWhen=[{key: {}}]))
    assert (finding.rule, finding.fields, finding.severity) == (rule, (f"spec.stopWhen[0].{key}",), "Error")
    assert advice in finding.message


def test_an_unknown_criterion_inside_of_others() -> None:
    rule_path = "spec.decisionPoints[0].rules[0].when.anyOf[1].ready"
    asked = point(rule({"anyOf": [above(0.5), {"ready": True}]}), trials=5)
    assert [finding.fields[0] for finding in findings(b.sweep(decisionPoints=[asked]))] == [rule_path]


def test_two_known_keys_in_one_criterion_are_the_schemas_word() -> None:
    (finding,) = findings(b.sweep(success={"minimum": [above(0.5) | b.trials_finished(5)]}))
    assert (finding.rule, finding.fields) == ("Schema", ("spec.success.minimum[0]",))
    assert "exactly one" in finding.message


def test_a_number_that_json_cannot_hold() -> None:
    (finding,) = findings(b.sweep(success={"minimum": [above(float("nan"))]}))
    assert finding.message == "`spec.success.minimum[0].bestValue.greaterThan`: must be a finite number"


def test_errors_come_first() -> None:
    body = b.sweep(workers=b.workers(11), success={"minimum": [b.trials_finished(11)]})
    assert rules(body) == ["TrialsBeyondBudget", "MoreWorkersThanTrials"]


WHOLE = b.sweep(
    searchSpace=[b.categorical_parameter("kind", "a", "b"), b.int_parameter("depth", 1, 4, when=b.when("kind", "a"))],
    trials={"max": 60, "timeoutSeconds": 60, "maxFailed": "10%"},
    budget={"activeDeadlineSeconds": 3000, "expectedSeconds": 3600},
    baseline={"value": 0.5, "trials": 20},
    workers=b.workers(2, containers=[{"name": "trial", "image": "i", "resources": {"limits": {"nvidia.com/gpu": 1}}}]),
    contrast={"parameters": ["kind"], "pairs": 6},
    answers=[{"decision": "mid", "answer": "Stop"}],
    decisionPoints=[
        point(rule(below(0.2), "Stop", "10% better"), rule({"anyOf": [above(0.3), below(0.1)]}), trials=30),
        point(name="late", gpuSeconds=600),
    ],
    success={
        "minimum": [{"completedRatio": {"min": 0.9}}, {"eliteShare": {"parameter": "kind", "min": 0.7}}],
        "full": [{"boundariesResolved": {"parameters": ["depth"]}}, {"bestValue": {"improvesBaselineBy": "5%"}}],
    },
)
JUNK = (None, "", "text", 0, -1, 1.5, float("inf"), True, [], {}, [1, [2]], {"a": {"b": 1}}, 10**30)


def test_nothing_that_can_be_typed_breaks_it() -> None:
    """Any value anywhere replaced, or taken away: there is an answer, and a fault of the schema is always an error."""
    draw = random.Random(11)
    seen: set[str] = set()
    for _ in range(60):
        body = copy.deepcopy(WHOLE)
        for _ in range(draw.choice([1, 1, 2, 4])):
            place, key = draw.choice(list(places(body["spec"])))
            if draw.random() < 0.2:
                place.pop(key)
            else:
                place[key] = copy.deepcopy(draw.choice(JUNK))
        seen |= set(rules(body))
    assert {"Schema", "UnknownParameter", "DeadlineTooShort"} <= seen


def places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from places(inner)
