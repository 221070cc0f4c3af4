"""The next sweep of a file: all of it is kept but for the edits, the name, the warm start and the thresholds."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution

from hposweep.cli.analyze.documents import as_json
from hposweep.cli.next.command import propose
from hposweep.cli.next.names import next_name, sweep_name
from hposweep.cli.next.text import as_yaml
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.validate.findings import findings
from hposweep.model.findings import Severity
from tests.unit.analysis.studies import random_study

SPACE: dict[str, BaseDistribution] = {
    "x": FloatDistribution(-5, 5),
    "y": FloatDistribution(0, 1),
    "kind": CategoricalDistribution(("a", "b", "c")),
}
STUDY = random_study(300, lambda p: -(p["x"] ** 2) - 60 * (p["kind"] == "c"), space=SPACE)
BODY = yaml.safe_load("""
apiVersion: hposweep.dev/v1alpha1
kind: HPOSweep
metadata: {name: digits-v3, namespace: vision, uid: abc, labels: {team: vision}}
spec:
  study:
    name: digits-v3
    adopt: true
    storage: {secretRef: {name: optuna-db, key: uri}}
    objectives: [{name: accuracy, direction: Maximize}]
    enqueue: [{x: -4.5, kind: a}]
  searchSpace:
    - {name: x, float: {low: -5, high: 5}}
    - {name: y, float: {low: 0, high: 1}}
    - {name: kind, categorical: {choices: [a, b, c]}}
  objective: {python: "train:objective", fixed: {epochs: 3}}
  workers: {replicas: 2, template: {spec: {containers: [{name: trial, image: "registry.example/digits:3"}]}}}
  trials: {max: 50}
  success:
    minimum: [{bestValue: {greaterThan: -9}}]
    full: [{bestValue: {greaterThan: 0.5}}]
  stopWhen: [{bestValue: {greaterThan: -1}}]
status: {state: Complete}
""")


def _next(body: dict[str, Any] = BODY) -> tuple[dict[str, Any], str]:
    result, header = propose(STUDY, body, is_shared_database=True)
    text = as_yaml(result, header)
    return yaml.safe_load(text), text


def test_the_rest_of_the_file_is_kept() -> None:
    document, text = _next()
    best = max(item.values[0] for item in STUDY.history.trials)
    expected = copy.deepcopy(BODY)
    del expected["status"], expected["metadata"]["uid"], expected["spec"]["study"]["adopt"]
    expected["metadata"]["name"] = expected["spec"]["study"]["name"] = "digits-v4"
    expected["spec"]["study"]["warmStart"] = [{"study": "digits", "top": 10}]
    expected["spec"]["success"]["minimum"][0]["bestValue"]["greaterThan"] = best
    expected["spec"]["stopWhen"][0]["bestValue"]["greaterThan"] = best
    space = document["spec"].pop("searchSpace")
    fixed = document["spec"]["objective"].pop("fixed")
    del expected["spec"]["searchSpace"], expected["spec"]["objective"]["fixed"]
    assert document == expected
    assert fixed["epochs"] == 3
    assert space[0]["name"] == "x"
    assert -5 <= space[0]["float"]["low"] <= -4.5
    assert 0 < space[0]["float"]["high"] < 5
    assert space[-1] == {"name": "kind", "categorical": {"choices": ["a", "b"]}}
    assert "# metadata.name: digits-v4, was digits-v3" in text
    assert "# success.minimum[0].bestValue.greaterThan:" in text


def test_the_next_sweep_is_valid_and_each_edit_is_above_its_parameter() -> None:
    document, text = _next()
    assert not [item for item in findings(document) if item.severity is Severity.ERROR]
    lines = text.splitlines()
    place = lines.index("  - name: x")
    assert lines[place - 2].startswith("  # narrow to -5 to 4, was -5 to 5: the best 60 trials are at ")
    assert any(line.startswith('  # drop "c": none of the ') for line in lines[place:])


def test_a_frozen_parameter_moves_to_the_fixed_values() -> None:
    body = copy.deepcopy(BODY)
    del body["spec"]["study"]["enqueue"]
    study = random_study(3000, lambda p: -(p["x"] ** 2), space=SPACE)
    result, header = propose(study, body, is_shared_database=True)
    best = max(study.history.trials, key=lambda item: item.values[0])
    assert result.sweep["spec"]["objective"]["fixed"] == {"epochs": 3, "y": best.params["y"]}
    assert [item["name"] for item in result.sweep["spec"]["searchSpace"]] == ["x", "kind"]
    assert "  # y: freeze at 0." in as_yaml(result, header)


def test_programs_get_each_edit_as_data() -> None:
    result, _ = propose(STUDY, BODY, is_shared_database=True)
    document = json.loads(as_json(result))
    kinds = {item["parameter"]: item["kind"] for item in document["space"]["edits"]}
    assert (kinds["x"], kinds["kind"]) == ("narrow", "drop")
    assert document["sweep"]["metadata"]["name"] == "digits-v4"
    assert all({"before", "reason", "trials"} <= item.keys() for item in document["space"]["edits"])


def test_a_study_of_another_database_or_no_room_starts_cold_and_says_so() -> None:
    result, header = propose(STUDY, BODY, is_shared_database=False)
    assert "warmStart" not in result.sweep["spec"]["study"]
    assert "# study.warmStart: not set, because the study is not in a PostgreSQL" in as_yaml(result, header)
    body = copy.deepcopy(BODY)
    body["spec"]["trials"]["max"] = 4
    assert _next(body)[0]["spec"]["study"]["warmStart"] == [{"study": "digits", "top": 3}]


def test_edits_that_the_file_would_refuse_are_left_out() -> None:
    body = copy.deepcopy(BODY)
    body["spec"]["study"]["sampler"] = {
        "name": "GridSampler",
        "options": {"search_space": {"x": [-5, 5], "y": [0, 1], "kind": ["a", "b", "c"]}},
    }
    del body["spec"]["study"]["enqueue"]
    document, _ = _next(body)
    assert document["spec"]["searchSpace"] == BODY["spec"]["searchSpace"]


def test_what_ended_or_owned_the_earlier_sweep_is_not_copied() -> None:
    body = copy.deepcopy(BODY)
    body["metadata"]["ownerReferences"] = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "b"}]
    body["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z"
    body["spec"] |= {"stop": "Drain", "suspend": True}
    document, text = _next(body)
    assert document["metadata"].keys() == {"name", "namespace", "labels"}
    assert not {"stop", "suspend"} & document["spec"].keys()
    assert "# stop: removed, because it ended or paused the earlier sweep" in text


def test_no_confidence_is_certainty() -> None:
    _, text = _next()
    assert "confidence over 0.99)" in text.replace("\n  # ", " ")
    assert "confidence 1.00" not in text


def test_a_file_without_a_space_keeps_the_objectives_own() -> None:
    body = copy.deepcopy(BODY)
    del body["spec"]["searchSpace"], body["spec"]["study"]["enqueue"]
    document, text = _next(body)
    assert "searchSpace" not in document["spec"]
    assert "# x: narrow to " in text


def test_a_study_of_other_objectives_is_refused() -> None:
    body = copy.deepcopy(BODY)
    body["spec"]["study"]["objectives"][0]["direction"] = "Minimize"
    body["spec"].pop("success")
    body["spec"].pop("stopWhen")
    with pytest.raises(RefusedInputError):
        propose(STUDY, body, is_shared_database=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("digits-v3", "digits-v4"),
        ("digits", "digits-v2"),
        ("run-09", "run-10"),
        ("a" * 40, "a" * 37 + "-v2"),
        ("a" * 37 + "-99", "a" * 37 + "100"),
        ("resnet50", "resnet50-v2"),  # no number of a sweep
        ("conv3", "conv3-v2"),
        ("7", "8"),
    ],
)
def test_the_number_of_the_name_is_one_more(name: str, expected: str) -> None:
    assert next_name(name) == expected


@pytest.mark.parametrize(("study", "expected"), [("Größe 7", "gr-e-7"), ("..", "study"), ("x" * 50, "x" * 40)])
def test_a_study_gives_a_name_that_the_cluster_allows(study: str, expected: str) -> None:
    assert sweep_name(study) == expected
