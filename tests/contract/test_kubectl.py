"""What people type at a terminal works and reads well."""

from __future__ import annotations

import json
import time

import pytest

from tests.builders import changed, pod_template, sweep
from tests.contract.apiserver import Sweeps
from tests.contract.conftest import ROOT
from tests.contract.kubectl import Kubectl

SAMPLES = sorted(path.name for path in (ROOT / "manifests" / "samples").glob("*.yaml"))
OPENAPI_SECONDS = 30  # the server publishes a changed schema to `kubectl explain` with some delay


def test_explain_says_what_a_field_is_and_what_is_allowed(kubectl: Kubectl, sweeps: Sweeps) -> None:
    deadline = time.monotonic() + OPENAPI_SECONDS
    while True:
        text = " ".join(kubectl("explain", "hposweep.spec.trials").split())
        if "1 to 100000" in text or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    assert "Number of trials after which the sweep ends" in text
    assert "max <integer> -required-" in text
    assert "1 to 100000" in text


def test_explain_reaches_every_level(kubectl: Kubectl, sweeps: Sweeps) -> None:
    text = kubectl("explain", "hposweep.spec.searchSpace.float", "--recursive")
    assert {"low", "high", "log", "step"} <= set(text.split())


@pytest.mark.parametrize("word", ["hposweeps", "hposweep", "hpo", "hposweeps.v1alpha1.hposweep.dev"])
def test_the_resource_has_short_words(kubectl: Kubectl, sweeps: Sweeps, word: str) -> None:
    assert kubectl("get", word, "-n", sweeps.namespace, "-o", "name") == ""


def test_the_category_lists_sweeps_and_all_does_not(kubectl: Kubectl, sweeps: Sweeps) -> None:
    listed = kubectl("api-resources", "--categories=hposweep", "-o", "name").split()
    assert listed == ["hposweeps.hposweep.dev"]
    assert "hposweep" not in kubectl("api-resources", "--categories=all", "-o", "name")


def test_a_misspelt_field_is_refused_by_apply(kubectl: Kubectl, sweeps: Sweeps) -> None:
    bad = changed(sweep(namespace=sweeps.namespace), "spec.trails", {"max": 3})
    message = kubectl.refusal("apply", "-f", "-", "--dry-run=server", stdin=json.dumps(bad))
    assert 'unknown field "spec.trails"' in message


def test_kubectl_scale_knows_the_sweep(kubectl: Kubectl, sweeps: Sweeps) -> None:
    sweeps.create(sweep("scaled", workers={"replicas": 0, "template": pod_template()}))
    said = kubectl("scale", "hposweep", "scaled", "--replicas=3", "-n", sweeps.namespace)
    assert said == "hposweep.hposweep.dev/scaled scaled\n"
    assert sweeps.read("scaled")["spec"]["workers"]["replicas"] == 3


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_is_accepted(kubectl: Kubectl, sweeps: Sweeps, sample: str) -> None:
    path = str(ROOT / "manifests" / "samples" / sample)
    said = kubectl("create", "-f", path, "-n", sweeps.namespace, "--dry-run=server", "-o", "name")
    assert said.startswith("hposweep.hposweep.dev/")
