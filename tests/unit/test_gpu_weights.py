"""How many GPUs a resource is: built-in names, slices, and what the administrator adds."""

from __future__ import annotations

import pytest

from hposweep.gpu_weights import BUILT_IN_WEIGHTS, DEFAULT_WEIGHTS, VARIABLE, GpuWeights
from tests.documents import ROOT


@pytest.mark.parametrize(
    ("resource", "weight"),
    [
        ("nvidia.com/gpu", 1),
        ("amd.com/gpu", 1),
        ("gpu.intel.com/i915", 1),
        ("gpu.intel.com/xe", 1),
        ("habana.ai/gaudi", 1),
        ("google.com/tpu", 1),
        ("metax-tech.com/gpu", 1),
        ("nvidia.com/mig-1g.10gb", 1 / 7),
        ("nvidia.com/mig-1g.5gb.me", 1 / 7),
        ("nvidia.com/mig-3g.40gb", 3 / 7),
        ("nvidia.com/mig-7g.80gb", 1),
        ("nvidia.com/mig-1c.3g.40gb", 3 / 7),
        ("nvidia.com/mig-2g.12gb", 2 / 4),
        ("nvidia.com/mig-4g.24gb", 1),
        ("amd.com/cpx_nps4", 1 / 8),
        ("rdma/hca", None),
        ("nvidia.com/gpumem", None),
        ("gpu.intel.com/millicores", None),
        ("cpu", None),
    ],
)
def test_the_names_of_the_usual_device_plugins_are_known(resource: str, weight: float | None) -> None:
    assert BUILT_IN_WEIGHTS.of(resource) == weight


def test_the_administrator_adds_names_and_overrides_weights() -> None:
    weights = GpuWeights.from_environment({VARIABLE: "acme.com/npu=1, nvidia.com/gpu.shared=0.25 habana.ai/gaudi=0"})
    assert [weights.of(name) for name in ("acme.com/npu", "nvidia.com/gpu.shared", "habana.ai/gaudi")] == [1, 0.25, 0]
    assert weights.of("nvidia.com/gpu") == 1, "the built-in ones stay"
    assert GpuWeights.from_environment({}) == BUILT_IN_WEIGHTS


@pytest.mark.parametrize(
    "entry", ["acme.com/npu", "acme.com/npu=", "acme.com/npu=much", "a=-1", "a=inf", "a=nan", "=1", "/x=1"]
)
def test_an_entry_that_cannot_be_used_is_named_with_its_variable(entry: str) -> None:
    with pytest.raises(ValueError, match=f"{VARIABLE} must be a list of RESOURCE=NUMBER .*not `{entry}`"):
        GpuWeights.from_environment({VARIABLE: f"nvidia.com/gpu=1,{entry}"})


def test_every_built_in_weight_is_on_the_page() -> None:
    page = (ROOT / "docs/reference/operator.md").read_text()
    section = page.partition("\n## GPU weights\n")[2].partition("\n## ")[0]
    for name, weight in DEFAULT_WEIGHTS.items():
        (row,) = (line for line in section.splitlines() if f"`{name}`" in line)
        assert f"| {weight:g} |" in row, name
