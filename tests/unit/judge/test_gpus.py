"""The GPUs of a worker: limits by weight, claims, and devices of unknown names."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.gpu_weights import BUILT_IN_WEIGHTS, GpuWeights
from hposweep.judge import linter
from hposweep.judge.gpus import gpu_count, gpus_of
from tests import builders as b
from tests.unit.judge.linter.case import point, points, spec

CLAIMS = {"claims": [{"name": "gpu", "request": "first"}, {"name": "gpu", "request": "second"}]}


def workers(replicas: int = 1, **resources: Any) -> dict[str, Any]:
    made = b.workers(containers=[{"name": "trial", "image": "i", "resources": resources}])
    return {**made, "replicas": replicas}


@pytest.mark.parametrize(
    ("limits", "gpus"),
    [
        ({"nvidia.com/gpu": 2}, 2),
        ({"nvidia.com/mig-1g.10gb": "2"}, 2 / 7),
        ({"amd.com/gpu": "4", "cpu": "8", "memory": "10Gi"}, 4),
        ({"nvidia.com/gpu": 1, "rdma/hca": 1}, 1),
        ({"hugepages-2Mi": "64Mi"}, 0),
    ],
)
def test_limits_count_by_their_weight(limits: dict[str, Any], gpus: float) -> None:
    assert gpus_of(spec(workers=workers(limits=limits)).workers, BUILT_IN_WEIGHTS) == gpus


def test_each_request_of_a_claim_counts_until_the_administrator_says_otherwise() -> None:
    of_claims = spec(workers=workers(**CLAIMS)).workers
    assert gpu_count(of_claims, BUILT_IN_WEIGHTS).gpus == 2
    assert gpus_of(of_claims, GpuWeights((("resourceClaim", 4.0),))) == 8
    ignored = gpu_count(of_claims, GpuWeights((("resourceClaim", 0.0),)))
    assert (ignored.gpus, ignored.claims, ignored.unused_claims) == (0, (), ())


def test_a_slice_of_a_gpu_is_enough_for_a_decision_at_gpu_seconds() -> None:
    due = points(point(gpuSeconds=3600), workers=workers(limits={"nvidia.com/mig-1g.10gb": 1}))
    assert linter.findings(spec(**due)) == ()


def test_the_budget_of_slices_is_a_fraction() -> None:
    budget = {"activeDeadlineSeconds": 7000}
    made = workers(2, limits={"nvidia.com/mig-1g.10gb": 1})
    assert linter.findings(spec(**points(point(gpuSeconds=2000), workers=made, budget=budget))) == ()
    (finding,) = linter.findings(spec(**points(point(gpuSeconds=2001), workers=made, budget=budget)))
    assert "at most 2000 GPU seconds" in finding.message
    assert "2 workers with 0.1429 GPUs each" in finding.detail


def test_a_device_of_an_unknown_name_is_named_with_the_setting_that_counts_it() -> None:
    due = points(point(gpuSeconds=3600), workers=workers(limits={"acme.com/npu": 1}))
    (finding,) = linter.findings(spec(**due))
    assert finding.message == (
        "`spec.decisionPoints[0].at.gpuSeconds`: `acme.com/npu` of container `trial` counts as no GPU. Set its weight, "
        "or use `seconds`."
    )
    assert "`acme.com/npu=1` to `HPOSWEEP_GPU_WEIGHTS`" in finding.detail
    assert linter.findings(spec(**due), GpuWeights((("acme.com/npu", 1.0),))) == ()


def test_how_claims_are_counted_is_said_before_the_start() -> None:
    (finding,) = linter.findings(spec(**points(point(gpuSeconds=3600), workers=workers(**CLAIMS))))
    assert (finding.rule, finding.severity) == ("GpusAssumed", "Warning")
    assert "`gpu` is counted as 2 for a worker" in finding.message
    assert "HPOSWEEP_GPU_WEIGHTS=resourceClaim=n" in finding.detail


def test_a_claim_of_the_pod_that_the_container_does_not_use_is_named() -> None:
    made = workers()
    made["template"]["spec"]["resourceClaims"] = [{"name": "gpu", "resourceClaimTemplateName": "one-gpu"}]
    (finding,) = linter.findings(spec(**points(point(gpuSeconds=3600), workers=made)))
    assert "container `trial` does not use the claim `gpu` of its pod" in finding.message
    assert "`resources.claims`" in finding.detail
