"""Each rule of the linter: a sweep in which it fires, and one close by in which it has nothing to say."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Any

import pytest

from hposweep.judge import linter
from hposweep.judge.linter import sizes
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.schema.crd import schema
from tests.unit.judge.linter import (
    cases_approval,
    cases_champions,
    cases_command,
    cases_course,
    cases_notify,
    cases_preflight,
    cases_search,
    cases_shares,
    cases_sizes,
    cases_stop,
    cases_study_start,
    cases_values,
)
from tests.unit.judge.linter.case import (
    BASELINE,
    Case,
    above,
    below,
    elite,
    improves,
    minimum,
    point,
    points,
    rule,
    spec,
)

CASES = (
    *cases_values.CASES, *cases_course.CASES, *cases_shares.CASES, *cases_search.CASES, *cases_command.CASES,
    *cases_stop.CASES, *cases_notify.CASES, *cases_study_start.CASES,
    *cases_approval.CASES, *cases_champions.CASES, *cases_preflight.CASES, *cases_sizes.CASES,
)  # fmt: skip
OF_THE_FILE = {  # tests/unit/cli
    LinterRule.SCHEMA, LinterRule.UNKNOWN_CRITERION, LinterRule.YAML_BOOLEAN, LinterRule.YAML_OCTAL,
    LinterRule.YAML_EMPTY, LinterRule.NOT_A_STOP_RULE, LinterRule.TEMPLATE_NOT_ALLOWED,
}  # fmt: skip
OF_OPTUNA = {LinterRule.SAMPLER_REFUSED, LinterRule.PRUNER_REFUSED}  # sentences of its constructors
MAX_SENTENCE = 125  # characters behind the path: two rows of a terminal at most
IDS = [f"{case.rule}-{place}" for place, case in enumerate(CASES)]


def found(rule: LinterRule, blocks: dict[str, Any]) -> list[ContractFinding]:
    return [finding for finding in linter.findings(spec(**blocks)) if finding.rule == rule]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_rule_fires_with_its_numbers_and_says_what_to_change(case: Case) -> None:
    first = found(case.rule, case.fires)
    assert first, "it does not fire"
    assert first[0].severity == case.severity
    assert first[0].fields[: len(case.fields)] == case.fields
    for words in case.words:
        assert words in f"{first[0].message} {first[0].detail}"


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_rule_is_quiet_close_by(case: Case) -> None:
    assert found(case.rule, case.quiet) == []


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_finding_points_at_fields_of_the_resource(case: Case) -> None:
    for finding in linter.findings(spec(**case.fires)):
        assert finding.fields
        for field in finding.fields:
            assert exists(field), field


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_message_is_short_and_names_its_field_first_and_once(case: Case) -> None:
    for finding in linter.findings(spec(**case.fires)):
        field, _, sentence = finding.message.partition(": ")
        assert field.startswith("`spec.")
        if finding.rule not in OF_OPTUNA:
            assert len(sentence) <= MAX_SENTENCE, sentence
            assert sentence.endswith((".", "?")), sentence
        text = f"{finding.message} {finding.detail}"
        assert [path for path in finding.fields if text.count(f"`{path}`") > 1] == []


def exists(field: str) -> bool:
    """As far as the schema describes it."""
    part: Any = schema()
    for step in re.findall(r"[^.\[\]]+", field):
        if part.get("x-kubernetes-preserve-unknown-fields"):
            return True
        part = (
            part["items"] if step.isdigit() else part.get("properties", {}).get(step, part.get("additionalProperties"))
        )
        if not part:
            return False
    return True


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} | OF_THE_FILE == set(LinterRule)


def test_a_sweep_without_criteria_has_nothing_against_it() -> None:
    assert linter.findings(spec()) == ()


def test_a_sweep_with_all_that_agrees_has_nothing_against_it() -> None:
    agreeing = {
        "success": {
            "minimum": [{"trialsFinished": {"min": 90}}, {"completedRatio": {"min": 0.95}}, above(0.52)],
            "full": [above(0.55), elite(0.9), {"boundariesResolved": {"parameters": ["depth", "lr"]}}],
            "exceptional": [improves("20%"), {"clearTrend": {"parameters": ["lr"]}}],
        },
        "trials": {"max": 95, "timeoutSeconds": 600},
        "workers": {"replicas": 4, "template": {"spec": {"containers": [{"name": "trial", "image": "i"}]}}},
        "budget": {"activeDeadlineSeconds": 18000, "expectedSeconds": 14400},
        "baseline": BASELINE,
        "contrast": {"parameters": ["kind"], "pairs": 12},
        **points(point(rule(below(0.5), "Stop", "no improvement"), rule(above(0.55), label="+10%"))),
    }
    assert linter.findings(spec(**agreeing)) == ()


def test_all_faults_are_found_at_once() -> None:
    broken = {
        **minimum(elite(parameter="sort"), above(2.0), {"trialsFinished": {"min": 101}}),
        **points(point(trials=200), answers=[{"decision": "end", "answer": "Stop"}]),
        "study": cases_values.UNIT | {"sampler": {"name": "TPE"}},
        "contrast": {"parameters": ["width"], "pairs": 12},
    }
    errors = [finding.rule for finding in linter.findings(spec(**broken)) if finding.severity == "Error"]
    assert sorted(errors) == [
        "DecisionBeyondBudget",
        "NeverHolds",
        "SamplerRefused",
        "TrialsBeyondBudget",
        "UnknownDecision",
        "UnknownParameter",
        "UnknownParameter",
    ]


def test_minimize_is_maximize_mirrored() -> None:
    """The same sweep with all values negated has the same rules firing."""
    mirrored = {"objectives": [{"name": "score", "direction": "Minimize", "range": {"min": -1, "max": 0}}]}
    plain = {"objectives": [{"name": "score", "direction": "Maximize", "range": {"min": 0, "max": 1}}]}
    draw = random.Random(7)
    fired = set()
    for _ in range(200):
        values = [round(draw.uniform(-0.2, 1.2), 2) for _ in range(5)]
        base, trials = round(draw.uniform(0, 1), 2), draw.choice([20, 100])
        up = minimum(above(values[0]), improves("5%"), study=plain, baseline={"value": base, "trials": trials})
        down = minimum(below(-values[0]), improves("5%"), study=mirrored, baseline={"value": -base, "trials": trials})
        up |= points(point(rule(below(values[1]), "Stop"), rule(above(values[2])), rule(above(values[3]))))
        down |= points(point(rule(above(-values[1]), "Stop"), rule(below(-values[2])), rule(below(-values[3]))))
        rules = [finding.rule for finding in linter.findings(spec(**up))]
        assert rules == [finding.rule for finding in linter.findings(spec(**down))]
        fired |= set(rules)
    assert len(fired) > 5


def test_a_spec_that_is_too_large_is_spared_the_other_rules() -> None:
    blocks = cases_sizes.tiers(8, 16) | {"trials": {"max": 0}}
    assert {finding.rule for finding in linter.findings(spec(**blocks))} == {LinterRule.TOO_MANY_CRITERIA}


def test_values_of_ten_thousand_levels_are_refused_without_recursion() -> None:
    deep = cases_sizes.nested(10_000)
    findings = tuple(sizes.findings(replace(spec(), search_space=(deep,))))
    assert [finding.fields for finding in findings] == [("spec.searchSpace",)]
