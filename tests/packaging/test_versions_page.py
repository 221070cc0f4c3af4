"""The page of versions repeats what the code, the pins and the CRD say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import yaml

from hposweep.api.names import API_VERSION
from hposweep.plan.job import search_job
from hpotrial.protocol import PROTOCOL_VERSION
from tests.documents import ROOT
from tests.packaging.checkout import CRD
from tests.unit import world

PAGE = (ROOT / "docs/reference/versions.md").read_text()
UPGRADE = (ROOT / "docs/how-to/upgrade.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Functions and macros of CEL's standard library, known to every API server that evaluates CEL rules at all. Another
# function may need a newer Kubernetes: add it here together with the oldest version on the page.
STANDARD_FUNCTIONS = {"all", "exists", "exists_one", "filter", "has", "map", "matches", "size", "startsWith", "type"}


def rules(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "x-kubernetes-validations" and isinstance(value, list):
                yield from (rule["rule"] for rule in value)
            else:
                yield from rules(value)
    elif isinstance(node, list):
        for item in node:
            yield from rules(item)


def test_the_protocol_and_the_api_are_those_of_the_code() -> None:
    assert f"a whole number, now {PROTOCOL_VERSION} |" in PAGE
    assert f"`{API_VERSION}`" in PAGE
    assert f"API {API_VERSION}, worker protocol {PROTOCOL_VERSION}\n" in UPGRADE


def test_the_schema_is_the_one_that_the_worker_demands() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "trial_image/hpotrial").rglob("*.py"))
    (schema,) = set(re.findall(r'^SCHEMA = "(.+?)"', sources, re.MULTILINE))
    assert set(re.findall(r"`(v[\d.]+\.a)`", PAGE)) == {schema}


def test_optuna_and_python_are_those_of_the_distribution() -> None:
    (optuna,) = [item for item in PROJECT["dependencies"] if item.startswith("optuna")]
    assert f"| Optuna | `{optuna.removeprefix('optuna')}` |" in PAGE
    assert f"| Python | `{PROJECT['requires-python']}` |" in PAGE


def test_the_tested_kubernetes_is_the_one_that_is_built() -> None:
    pins = (ROOT / "tests/cluster/tools/kubernetes/go.mod").read_text()
    (minor,) = re.findall(r"k8s\.io/kubernetes v(\d+\.\d+)\.", pins)
    assert f"| tested with every change | {minor} |" in PAGE


def test_every_feature_on_the_page_is_used() -> None:
    job = search_job(world.sweep())["spec"]
    table = PAGE.partition("| feature |")[2].partition("\n\n")[0]
    fields = set(re.findall(r"`(\w+)`", table)) & (job.keys() | {"backoffLimitPerIndex", "podReplacementPolicy"})
    assert fields == {"backoffLimitPerIndex", "podReplacementPolicy", "podFailurePolicy", "completions"}
    assert fields <= job.keys()


def test_the_oldest_kubernetes_has_every_feature_by_default() -> None:
    (oldest,) = re.findall(r"^\| oldest that has every feature, not tested \| 1\.(\d+) \|", PAGE, re.MULTILINE)
    since = re.findall(r"^\| [^|]+ \| 1\.(\d+) \| 1\.\d+ \|", PAGE, re.MULTILINE)
    assert len(since) >= 6
    assert int(oldest) == max(int(minor) for minor in since)


def test_the_rules_of_the_crd_use_functions_of_the_standard_library_only() -> None:
    names: set[str] = set()
    for rule in rules(yaml.safe_load(CRD.read_text())):
        names |= set(re.findall(r"\b([A-Za-z]\w*)\(", re.sub(r"'(?:\\.|[^'\\])*'", "''", rule)))
    assert names
    assert names <= STANDARD_FUNCTIONS
