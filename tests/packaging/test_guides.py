"""The guides say what is so: their sweeps are accepted, and their lists are those of the code."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import yaml

from hposweep.api.names import SEARCH_PHASE
from hposweep.cli.validate.findings import findings
from hposweep.model.findings import Severity
from hposweep.plan.podtemplate import USER_ID, pod_template
from images.catalogue import BASE_IMAGE
from tests import builders
from tests.documents import ROOT, sweeps
from tests.packaging import dockerfile
from tests.packaging.checkout import CRD
from tests.unit import world

HOW_TO = ROOT / "docs" / "how-to"
SWEEPS = {name: body for name, body in sweeps().items() if name.startswith("docs/how-to/")}
GUIDES = (
    "adopting-a-study",
    "best-model",
    "constraints",
    "from-optimize",
    "history",
    "notify",
    "own-image",
    "secure-database",
    "several-processes",
    "study-start",
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
    spec = pod_template(
        world.sweep(workers=builders.workers(containers=[{"name": "trial", "image": "i"}])), SEARCH_PHASE
    )["spec"]
    (container,) = spec["containers"]
    spec["containers"] = [{"name": "trial", **{k: v for k, v in container.items() if k not in ADDED_BY_NAME}}]
    assert shown["spec"] == spec


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OWN_IMAGE = (HOW_TO / "own-image.md").read_text()
WORKER_IMAGE = (ROOT / "trial_image" / "Dockerfile").read_text()
(GUIDES_IMAGE,) = _blocks("own-image", "dockerfile")


def test_the_worker_of_the_guide_has_the_requirements_of_the_distribution() -> None:
    run = dockerfile.last(GUIDES_IMAGE, "RUN")
    assert re.findall(r'"([^"]+)"', run) == PROJECT["optional-dependencies"]["worker"]
    required = PROJECT["requires-python"].removeprefix(">=")
    assert f"Python {required} or later" in OWN_IMAGE
    assert f"python:{required}-" in BASE_IMAGE


def test_the_image_of_the_guide_installs_the_checkout_that_it_copies() -> None:
    (source, place), (module, folder) = (
        rest.split() for word, rest in dockerfile.instructions(GUIDES_IMAGE) if word == "COPY"
    )
    assert f"`{source}` is a checkout of this repository" in OWN_IMAGE
    assert f"pip install --no-deps {place}" in dockerfile.last(GUIDES_IMAGE, "RUN")
    assert f"`COPY {module} {folder}`" in OWN_IMAGE
    assert f"PYTHONPATH={folder.rstrip('/')} " in dockerfile.last(GUIDES_IMAGE, "ENV")


@pytest.mark.parametrize("word", ["ENTRYPOINT", "USER"])
def test_the_image_of_the_guide_runs_as_that_of_the_repository(word: str) -> None:
    assert dockerfile.last(GUIDES_IMAGE, word) == dockerfile.last(WORKER_IMAGE, word)


def test_the_variables_of_the_guides_image_are_those_of_the_repositorys() -> None:
    own, worker = (dockerfile.last(text, "ENV").split() for text in (GUIDES_IMAGE, WORKER_IMAGE))
    assert set(own) <= set(worker)


def test_the_user_of_the_images_and_of_the_guide_is_the_one_that_the_operator_sets() -> None:
    assert dockerfile.last(WORKER_IMAGE, "USER") == f"{USER_ID}:{USER_ID}"
    assert set(re.findall(r"\b(?:runAsUser: |user )(\d+)", OWN_IMAGE, re.IGNORECASE)) == {str(USER_ID)}


def test_the_build_of_the_guide_has_arguments_of_the_dockerfile() -> None:
    (command,) = (block for block in _blocks("own-image", "console") if "docker build" in block)
    (file,) = re.findall(r"-f (\S+)", command)
    assert (ROOT / file).read_text() == WORKER_IMAGE
    arguments = {rest.partition("=")[0] for word, rest in dockerfile.instructions(WORKER_IMAGE) if word == "ARG"}
    passed = set(re.findall(r"--build-arg (\w+)=", command))
    assert passed == {"TORCH", "EXTRA_REQUIREMENTS"}
    assert passed <= arguments


def test_the_diff_of_the_guide_leads_to_its_module() -> None:
    first, _ = _blocks("from-optimize", "diff")
    kept = "".join(f"{line[1:]}\n" for line in first.splitlines() if not line.startswith("-"))
    assert kept.rstrip() == _blocks("from-optimize", "python")[0].rstrip()


def test_no_guide_promises_what_does_not_exist_or_forbids_what_works() -> None:
    text = "\n".join(page.read_text() for page in HOW_TO.glob("*.md"))
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
