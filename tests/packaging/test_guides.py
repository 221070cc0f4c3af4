"""The guides say what is so: their sweeps are accepted, and their lists are those of the code."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import yaml

from hposweep.cli.validate.findings import findings
from hposweep.model.findings import Severity
from hposweep.plan.podtemplate import pod_template
from tests import builders
from tests.documents import ROOT, sweeps
from tests.packaging.checkout import CRD
from tests.unit import world

HOW_TO = ROOT / "docs" / "how-to"
SWEEPS = {name: body for name, body in sweeps().items() if name.startswith("docs/how-to/")}
GUIDES = (
    "adopting-a-study",
    "best-model",
    "constraints",
    "from-optimize",
    "notify",
    "own-image",
    "several-processes",
    "tracking",
)
ADDED_BY_NAME = ("env", "image", "name")  # a user's own, or different in every sweep


def _blocks(page: str, language: str) -> list[str]:
    text = (HOW_TO / f"{page}.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("guide", GUIDES)
def test_each_guide_has_a_whole_sweep_and_is_linked(guide: str) -> None:
    assert any(name.startswith(f"docs/how-to/{guide}.md:") for name in SWEEPS)
    assert f"docs/how-to/{guide}.md" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("body", SWEEPS.values(), ids=SWEEPS.keys())
def test_a_sweep_of_a_guide_is_accepted_by_schema_and_linter(body: dict[str, Any]) -> None:
    assert [finding.message for finding in findings(body) if finding.severity is Severity.ERROR] == []


def test_the_pod_of_the_guide_is_what_the_operator_adds() -> None:
    (shown,) = (block for block in map(yaml.safe_load, _blocks("own-image", "yaml")) if set(block) == {"spec"})
    spec = pod_template(world.sweep(workers=builders.workers(containers=[{"name": "trial", "image": "i"}])))["spec"]
    (container,) = spec["containers"]
    spec["containers"] = [{"name": "trial", **{k: v for k, v in container.items() if k not in ADDED_BY_NAME}}]
    assert shown["spec"] == spec


def test_the_worker_of_the_guide_has_the_requirements_of_the_distribution() -> None:
    worker = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["worker"]
    (dockerfile,) = (block for block in _blocks("own-image", "dockerfile") if "--no-deps" in block)
    (line,) = (line for line in dockerfile.splitlines() if "pip install" in line)
    assert re.findall(r'"([^"]+)"', line) == worker


def test_the_diff_of_the_guide_leads_to_its_module() -> None:
    first, _ = _blocks("from-optimize", "diff")
    kept = "".join(f"{line[1:]}\n" for line in first.splitlines() if not line.startswith("-"))
    assert kept.rstrip() == _blocks("from-optimize", "python")[0].rstrip()


def test_no_guide_promises_what_does_not_exist_or_forbids_what_works() -> None:
    text = "\n".join(page.read_text() for page in HOW_TO.glob("*.md"))
    assert "countExisting" not in text
    assert "prints nothing" not in text
    assert "needs nothing of HPOSweep" not in text
    immutable = "`spec.workers.template` cannot be changed"
    assert f"{immutable} after creation" in CRD.read_text()
    assert immutable in " ".join((HOW_TO / "failures.md").read_text().split())


def test_the_gpu_example_has_shared_memory_for_loaders() -> None:
    overlay = yaml.safe_load((ROOT / "examples/digits/overlays/gpu/kustomization.yaml").read_text())
    operations = [entry for patch in overlay["patches"] for entry in yaml.safe_load(patch["patch"])]
    values = [entry["value"] for entry in operations]
    assert {"name": "shm", "mountPath": "/dev/shm"} in values  # noqa: S108  # a mount of the example
    assert {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "2Gi"}} in values


def _sources() -> list[str]:
    """Return the code with the parts of each sentence joined, as Python joins adjacent literals."""
    files = [*(ROOT / "operator").rglob("*.py"), *(ROOT / "trial_image").rglob("*.py")]
    return [re.sub(r'"\s*\n\s*f?"', "", file.read_text()) for file in files]


def _quoted_messages() -> list[str]:
    text = (HOW_TO / "trouble.md").read_text()
    section = text.partition("\n## Messages of HPOSweep\n")[2].partition("\n## ")[0]
    return re.findall(r'^\| "([^"]+)" \|', section, re.MULTILINE)


def test_the_guide_to_trouble_quotes_messages() -> None:
    assert len(_quoted_messages()) > 10


@pytest.mark.parametrize("message", _quoted_messages())
def test_a_quoted_message_is_one_of_the_code(message: str) -> None:
    parts = message.split(" … ")
    assert any(all(part in source for part in parts) for source in _sources())
