"""Local commands count GPUs and read pod templates as the operator does, by the same variables."""

from __future__ import annotations

import pytest

from hposweep.allowed_pods import FIELDS_VARIABLE
from hposweep.cli.environment import gpu_weights
from hposweep.cli.validate.findings import findings
from hposweep.gpu_weights import VARIABLE
from tests import builders as b

DUE = {"name": "half", "at": {"gpuSeconds": 60}, "otherwise": "Continue"}


def sweep(resource: str) -> dict[str, object]:
    container = {"name": "trial", "image": "i", "resources": {"limits": {resource: 1}}}
    rules = [{"when": b.best_value(greater_than=0.5), "then": "Stop"}]
    return b.sweep(workers=b.workers(containers=[container]), decisionPoints=[{**DUE, "rules": rules}])


@pytest.mark.parametrize("resource", ["nvidia.com/mig-1g.10gb", "amd.com/gpu", "gpu.intel.com/i915", "habana.ai/gaudi"])
def test_validate_accepts_slices_and_other_vendors(resource: str) -> None:
    assert findings(sweep(resource)) == ()


def test_validate_reads_the_weights_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [finding.rule for finding in findings(sweep("acme.com/npu"))] == ["DecisionBeyondBudget"]
    monkeypatch.setenv(VARIABLE, "acme.com/npu=1")
    assert findings(sweep("acme.com/npu")) == ()


def test_a_value_that_cannot_be_used_ends_the_command_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, "acme.com/npu=many")
    with pytest.raises(SystemExit, match="2"):
        gpu_weights()
    assert capsys.readouterr().err.startswith(f"{VARIABLE} must be a list of RESOURCE=NUMBER")


def test_validate_warns_of_what_the_operator_does_not_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b.sweep(workers=b.workers(hostNetwork=True))
    (finding,) = findings(body)
    assert (finding.rule, finding.severity) == ("TemplateNotAllowed", "Warning")
    assert finding.message.startswith("`spec.workers.template.spec.hostNetwork`: the operator does not allow")
    monkeypatch.setenv(FIELDS_VARIABLE, "hostNetwork")
    assert findings(body) == ()
