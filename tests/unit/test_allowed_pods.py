"""The settings of pod templates: names of fields, and of service accounts."""

from __future__ import annotations

import re

import pytest

from hposweep.allowed_pods import ACCOUNTS_VARIABLE, FIELDS_VARIABLE, RESTRICTED_PODS, AllowedPods, PodField
from tests.documents import ROOT


def test_the_default_allows_no_field_and_no_account_but_that_of_the_namespace() -> None:
    assert AllowedPods.from_environment({}) == RESTRICTED_PODS
    assert RESTRICTED_PODS.fields == frozenset()
    assert RESTRICTED_PODS.has_account("default")
    assert not RESTRICTED_PODS.has_account("trainer")


def test_names_are_separated_by_commas_or_spaces() -> None:
    allowed = AllowedPods.from_environment({FIELDS_VARIABLE: "hostPath, privileged", ACCOUNTS_VARIABLE: "a b.c"})
    assert allowed.fields == {PodField.HOST_PATH, PodField.PRIVILEGED}
    assert [allowed.has_account(name) for name in ("a", "b.c", "c")] == [True, True, False]
    assert AllowedPods.from_environment({ACCOUNTS_VARIABLE: "*"}).has_account("anything")


@pytest.mark.parametrize("name", ["hostpath", "*", "hostPath;x"])
def test_a_field_that_does_not_exist_is_refused_with_those_that_do(name: str) -> None:
    with pytest.raises(ValueError, match=FIELDS_VARIABLE) as caught:
        AllowedPods.from_environment({FIELDS_VARIABLE: f"hostPath,{name}"})
    assert f"not `{name}`" in str(caught.value)
    assert all(field.value in str(caught.value) for field in PodField)


@pytest.mark.parametrize("name", ["Trainer", "a_b", "-a", "a*"])
def test_a_name_that_no_account_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=rf"{ACCOUNTS_VARIABLE} must be .*not `{re.escape(name)}`"):
        AllowedPods.from_environment({ACCOUNTS_VARIABLE: name})


def test_the_page_lists_every_field() -> None:
    page = (ROOT / "docs/reference/operator.md").read_text()
    section = page.partition("\n## Fields of pod templates\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [field.value for field in PodField]
