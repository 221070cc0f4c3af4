"""Every kind of criterion has a module, a row in the guide, a sample there, and an entry in the CRD."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from hposweep.api.criteria import BestValue, Criterion, EliteShare, SingleCriterion, TrialsFinished
from hposweep.judge.criteria.kind import CriterionKind, ParameterDomain
from hposweep.judge.criteria.registry import KINDS, kinds_for, kinds_of
from hposweep.schema.crd import schema
from tests.documents import ROOT, sweeps
from tests.unit.judge.linter.case import spec

GUIDE = "docs/how-to/success.md"
ANY_OF = "anyOf"
NAMES = [kind.name for kind in KINDS]


def test_every_field_of_a_criterion_is_a_kind() -> None:
    assert [kind.field for kind in KINDS] == [field.name for field in fields(SingleCriterion)]
    assert {field.name for field in fields(Criterion)} - {kind.field for kind in KINDS} == {"any_of"}


def test_the_guide_has_a_row_for_each_kind_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)`", (ROOT / GUIDE).read_text(), re.MULTILINE)
    assert set(rows) == {*NAMES, ANY_OF}


@pytest.mark.parametrize("name", [*NAMES, ANY_OF])
def test_the_guide_has_a_sample_of_each_kind(name: str) -> None:
    samples = [body for page, body in sweeps().items() if page.startswith(GUIDE)]
    assert any(name in criterion for body in samples for criterion in _criteria(body["spec"]))


@pytest.mark.parametrize("name", [*NAMES, ANY_OF])
def test_the_crd_has_an_entry_for_each_kind(name: str) -> None:
    properties = schema()["properties"]["spec"]["properties"]
    assert name in properties["success"]["additionalProperties"]["items"]["properties"]


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_a_kind_that_names_parameters_says_which_it_can_judge(kind: CriterionKind[Any]) -> None:
    names_parameters = type(kind).references is not CriterionKind.references
    assert names_parameters == (kind.domain is not None)


def test_kinds_are_found_by_the_domain_of_their_parameters() -> None:
    assert kinds_for(ParameterDomain.NUMERIC) == ("boundariesResolved", "clearTrend")
    assert kinds_for(ParameterDomain.CATEGORICAL) == ("eliteShare", "clearTrend")


def test_a_criterion_has_the_kind_of_the_field_that_is_given() -> None:
    ((kind, requirement),) = kinds_of(SingleCriterion(trials_finished=TrialsFinished(3)))
    assert (kind.name, requirement) == ("trialsFinished", TrialsFinished(3))
    assert list(kinds_of(Criterion(any_of=()))) == []


@pytest.mark.parametrize(
    ("stricter", "weaker", "implies"),
    [
        (BestValue(greater_than=0.6), BestValue(greater_than=0.5), True),
        (BestValue(greater_than=0.5), BestValue(greater_than=0.6), False),
        (BestValue(greater_than=0.5), BestValue(less_than=0.6), False),
        (BestValue(greater_than=0.6, where={"kind": "a"}), BestValue(greater_than=0.5), True),
        (BestValue(greater_than=0.6), BestValue(greater_than=0.5, where={"kind": "a"}), False),
        (BestValue(less_than=0.5), BestValue(less_than=0.6, where={"kind": "a"}), True),
        (BestValue(less_than=0.5, where={"kind": "a"}), BestValue(less_than=0.6), False),
        (BestValue(greater_than=0.6, where={"kind": "a"}), BestValue(greater_than=0.5, where={"kind": "b"}), False),
        (EliteShare("kind", value="a", min=0.6), EliteShare("kind", min=0.5), True),
        (EliteShare("kind", min=0.6), EliteShare("kind", value="a", min=0.5), False),
        (EliteShare("kind", min=0.6), EliteShare("depth", min=0.5), False),
        (TrialsFinished(5), TrialsFinished(5), True),
        (TrialsFinished(4), TrialsFinished(5), False),
    ],
)
def test_the_stricter_criterion_implies_the_weaker_one(stricter: Any, weaker: Any, implies: bool) -> None:
    kind = next(kind for kind in KINDS if kind.name.lower() == type(stricter).__name__.lower())
    assert kind.implies(stricter, weaker, spec()) is implies
    assert kind.implies(stricter, stricter, spec())


def _criteria(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for criteria in body.get("success", {}).values():
        for criterion in criteria:
            yield criterion
            yield from criterion.get(ANY_OF, ())
