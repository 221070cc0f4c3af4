"""The schema in Python refuses what the API server refuses, with the same words, and stores what it would store.

The table of mistakes is the one that tests/contract sends to a real API server: no row is an exception here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hposweep.schema.check import check
from hposweep.schema.crd import schema
from tests.builders import changed, float_parameter, int_parameter, study, sweep, without
from tests.contract.refused import REFUSED, Refused
from tests.contract.test_defaults import ACCEPTED, POD

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("row", REFUSED, ids=[row.mistake.replace(" ", "-") for row in REFUSED])
def test_a_mistake_is_refused_with_its_field_and_what_is_allowed(row: Refused) -> None:
    faults = "\n".join(check(row.sweep).faults)
    assert row.field in faults
    assert row.allowed in faults


@pytest.mark.parametrize("good", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_good_sweep_has_no_fault(good: dict[str, Any]) -> None:
    assert check(good).faults == ()


def test_all_mistakes_are_told_at_once_each_with_its_place() -> None:
    wrong = changed(changed(sweep(), "spec.trials.max", 0), "spec.trails", 1)
    wrong = changed(wrong, "spec.searchSpace.0", float_parameter("x", 2, 1))
    faults = check(wrong).faults
    assert faults[0].startswith('spec: unknown field "spec.trails"; the allowed fields are study, ')
    assert faults[1:] == (
        "spec.trials.max: is 0; must be greater than or equal to 1",
        "spec.searchSpace[0].float: `spec.searchSpace[].float.low` must be less than or equal to `high`",
    )


@pytest.mark.parametrize(
    ("value", "advice"),
    [("maximize", '; did you mean "Maximize"?'), ("Minimise", '; did you mean "Minimize"?'), ("up", ""), (3, "")],
)
def test_the_word_that_was_probably_meant_is_named(value: Any, advice: str) -> None:
    wrong = changed(sweep(), "spec.study.objectives.0.direction", value)
    fault = next(fault for fault in check(wrong).faults if "supported values" in fault)
    assert fault.endswith(f'supported values: "Maximize", "Minimize"{advice}')


@pytest.mark.parametrize(
    ("metadata", "fault"),
    [
        ({}, "metadata.name: Required value"),
        (None, "metadata.name: Required value"),
        ({"name": 2024}, "metadata.name: must be of type string, not 2024"),
        ({"name": "x", "labels": {"version": 1.5}}, "metadata.labels.version: must be of type string, not 1.5"),
    ],
)
def test_metadata_is_checked_as_the_api_server_reads_it(metadata: Any, fault: str) -> None:
    assert fault in check({**sweep(), "metadata": metadata}).faults


def test_a_name_may_be_generated() -> None:
    assert check({**sweep(), "metadata": {"generateName": "x-"}}).faults == ()


def test_silence_is_filled_with_defaults() -> None:
    given = study(storage={"secretRef": {"name": "app"}}, sampler={"name": "RandomSampler", "seed": 7})
    spec = check(without(sweep(study=given), "spec.workers.replicas")).document["spec"]
    assert spec["study"]["storage"] == {"secretRef": {"name": "app", "key": "uri"}, "outageSeconds": 900}
    assert spec["study"]["sampler"] == {"name": "RandomSampler", "options": {}, "seed": 7}
    assert spec["searchSpace"][0]["float"]["log"] is False
    assert spec["workers"]["replicas"] == 1
    assert spec["stop"] == "None"


def test_a_null_counts_as_silence_where_there_is_a_default_and_as_a_value_elsewhere() -> None:
    checked = check(changed(changed(sweep(), "spec.suspend", None), "spec.objective.fixed", {"note": None}))
    assert checked.faults == ()
    assert checked.document["spec"]["suspend"] is False
    assert checked.document["spec"]["objective"]["fixed"] == {"note": None}


def test_what_only_kubernetes_knows_is_kept_as_it_is() -> None:
    assert check(sweep(workers={"template": POD})).document["spec"]["workers"]["template"] == POD


def test_the_given_document_is_not_changed() -> None:
    given = sweep()
    check(given)
    assert given == sweep()


class TestAgainstWhatWasThere:
    def test_what_is_immutable_must_be_equal(self) -> None:
        before = check(sweep()).document
        after = changed(sweep(), "spec.searchSpace.0.float.high", 99.0)
        assert check(after, before).faults == (
            "spec.searchSpace: `spec.searchSpace` cannot be changed after creation: create another sweep",
        )

    def test_what_may_change_may_change(self) -> None:
        before = check(sweep()).document
        after = changed(changed(sweep(), "spec.trials.max", 99), "spec.workers.replicas", 3)
        assert check(after, before).faults == ()

    def test_a_block_may_not_come_or_go(self) -> None:
        before = check(sweep()).document
        (fault,) = check(without(sweep(), "spec.searchSpace"), before).faults
        assert "`spec.searchSpace` cannot be changed" in fault

    def test_a_stop_does_not_go_back(self) -> None:
        before = check(sweep(stop="Drain")).document
        (fault,) = check(sweep(), before).faults
        assert fault.startswith("spec.stop: `spec.stop` cannot go back")


def test_a_rule_over_many_parameters_costs_no_memory() -> None:
    """A library that keeps the errors of both sides of `||` in a third one would hold 2^24 of them here."""
    many = [int_parameter(f"p{number}", 0, 1) for number in range(24)]
    assert check(sweep(searchSpace=[*many, int_parameter("last", 0, 1, when={"parameter": "none", "in": [1]})])).faults


def test_the_schema_is_the_manifests_own() -> None:
    manifest = yaml.safe_load((ROOT / "manifests/base/crd/hposweeps.hposweep.dev.yaml").read_text())
    assert schema() == manifest["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
