"""The images: what their Dockerfiles promise, tags that follow from content alone, and how they run on a cluster."""

from __future__ import annotations

import json
import os
import re
import shutil
import textwrap
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from images import catalogue, content, network, registry
from images.__main__ import main
from images.catalogue import Choices, Image
from images.error import ImageError
from images.mirror import of as mirror_of
from tests.contract.kubectl import Kubectl
from tests.e2e.patience import until
from tests.packaging import dockerfile
from tests.packaging.checkout import ROOT
from tests.packaging.program import Program

IMAGES = {image.key: image for image in catalogue.images(Choices())}
PULL_SECONDS = 280  # torch is gigabytes, and a node pulls it once

TMP = "/tmp"  # noqa: S108  # the one place that a container of ours may write to

# Runs inside a container of the image and says what it found there.
INSPECTION = textwrap.dedent("""
    import glob, json, os, shutil
    def is_writable(place):
        try:
            open(os.path.join(place, "probe"), "w").close()
        except OSError:
            return False
        return True
    tools = "cc gcc g++ c++ clang ld as make cmake pip pip3 hatchling".split()
    pip = glob.glob("/venv/lib/python3*/site-packages/pip") + glob.glob("/usr/**/*-packages/pip", recursive=True)
    print(json.dumps({
        "uid": os.getuid(),
        "tools": [tool for tool in tools if shutil.which(tool)] + pip,
        "writable": [place for place in ("/", "/app", "/venv", "/tmp") if is_writable(place)],
        "lent": [place for place in ("/src", "/etc/pip.conf") if os.path.exists(place) and os.path.getsize(place)],
    }))
""")


def _instructions(image: Image) -> list[tuple[str, str]]:
    return dockerfile.instructions((ROOT / image.dockerfile).read_text())


def _last(image: Image, word: str) -> str:
    return dockerfile.last((ROOT / image.dockerfile).read_text(), word)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of what images are built from, free to be changed."""
    for image in IMAGES.values():
        content.copy(ROOT, (image.dockerfile, *image.sources), tmp_path)
    return tmp_path


def _tags(root: Path) -> dict[str, str]:
    return {key: image.tag("base", root) for key, image in IMAGES.items()}


@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES)
class TestDockerfile:
    def test_runs_as_a_numeric_user_that_is_not_root(self, image: Image) -> None:
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", _last(image, "USER"))

    def test_starts_without_a_shell_in_between(self, image: Image) -> None:
        assert json.loads(_last(image, "ENTRYPOINT"))

    def test_lets_the_builder_choose_the_base(self, image: Image) -> None:
        assert ("ARG", f"BASE_IMAGE={catalogue.BASE_IMAGE}") in _instructions(image)
        assert {rest.split()[0] for word, rest in _instructions(image) if word == "FROM"} == {"${BASE_IMAGE}"}

    def test_needs_no_syntax_that_only_one_builder_has(self, image: Image) -> None:
        assert not [rest for word, rest in _instructions(image) if word in {"RUN", "COPY"} and "--mount" in rest]
        assert not [rest for word, rest in _instructions(image) if "<<" in rest]

    def test_copies_nothing_that_its_tag_does_not_know(self, image: Image) -> None:
        copied = [rest.split()[:-1] for word, rest in _instructions(image) if word == "COPY" and "--from" not in rest]
        assert {source for sources in copied for source in sources} == set(image.sources)


@pytest.mark.parametrize("key", ["operator", "trial"])
def test_own_sources_are_copied_last_so_that_a_change_is_a_small_layer(key: str) -> None:
    words = _instructions(IMAGES[key])
    first_source = next(i for i, (word, rest) in enumerate(words) if word == "COPY" and "/app" in rest)
    after = words[first_source:]
    assert {word for word, _ in after} <= {"COPY", "RUN", "USER"}
    assert [rest.split()[2] for word, rest in after if word == "RUN"] == ["compileall"], "and only compiled"


def test_torch_and_what_it_brings_are_pinned_apart_so_that_other_versions_do_not_renew_its_layer() -> None:
    section = (ROOT / "constraints.txt").read_text().partition("\n# torch")[2]
    assert re.search(r"^torch==", section, re.MULTILINE)
    assert "/^# torch/" in (ROOT / IMAGES["trial"].dockerfile).read_text()


def test_the_docker_context_holds_only_what_images_are_built_from() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert patterns[0] == "*"  # .git, .venv, .cluster and whatever comes later
    admitted = [Path(pattern[1:]) for pattern in patterns if pattern.startswith("!")]
    sources = {Path(source) for image in IMAGES.values() for source in image.sources}
    assert all(any(source.is_relative_to(place) for place in admitted) for source in sources)
    assert all(any(source.is_relative_to(place) for source in sources) for place in admitted)


class TestTag:
    def test_changes_with_a_source_file(self, tree: Path) -> None:
        before = _tags(tree)
        with (tree / "trial_image/hpotrial/contract.py").open("a") as file:
            file.write("# changed\n")
        changed = {key for key, tag in _tags(tree).items() if tag != before[key]}
        assert changed == {"operator", "trial"}

    def test_changes_with_the_name_of_a_source_file(self, tree: Path) -> None:
        before = _tags(tree)
        (tree / "operator/hposweep/__main__.py").rename(tree / "operator/hposweep/other.py")
        assert {key for key, tag in _tags(tree).items() if tag != before[key]} == {"operator"}

    def test_does_not_change_with_other_files_times_or_compiled_code(self, tree: Path) -> None:
        before = _tags(tree)
        (tree / "README.md").write_text("other words")
        cached = tree / "operator/hposweep/__pycache__"
        cached.mkdir()
        (cached / "reconcile.pyc").write_bytes(b"compiled")
        os.utime(tree / "operator/hposweep/__init__.py", (1, 1))
        assert _tags(tree) == before

    def test_changes_with_the_base_and_the_build_arguments(self) -> None:
        other = {image.key: image for image in catalogue.images(Choices(torch="torch==2.9.0"))}
        assert other["trial"].tag("base") != IMAGES["trial"].tag("base") != IMAGES["trial"].tag("another base")
        assert other["operator"].tag("base") == IMAGES["operator"].tag("base")

    def test_is_refused_when_a_source_is_missing(self, tree: Path) -> None:
        shutil.rmtree(tree / "trial_image/hpotrial")
        with pytest.raises(ImageError, match="trial_image/hpotrial is missing"):
            _tags(tree)


def test_a_context_is_the_same_for_every_clone(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    os.utime(tree / "pyproject.toml", (1, 1))
    (tree / "constraints.txt").chmod(0o600)
    copies = [tmp_path_factory.mktemp("context") / "context" for _ in range(2)]
    for copy, root in zip(copies, (ROOT, tree), strict=True):
        content.copy(root, IMAGES["trial"].sources, copy)
    shapes = [
        [(path.relative_to(copy), path.stat().st_mode, path.stat().st_mtime) for path in sorted(copy.rglob("*"))]
        for copy in copies
    ]
    assert shapes[0] == shapes[1]


def test_names_are_told_without_building_anything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("REGISTRY", "registry.test:5000/team")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["names", "operator", "trial"]) == 0
    names = dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())
    assert list(names) == ["operator", "trial"]
    assert re.fullmatch(r"registry\.test:5000/team/hposweep-trial:[0-9a-f]{12}", names["trial"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "is_plain"),
    [
        ("10.88.0.1:5000", True),
        ("localhost:5000", True),
        ("127.0.0.1", True),
        ("ghcr.io/team", False),
        ("reg:443", False),
    ],
)
def test_a_registry_next_door_speaks_http(name: str, *, is_plain: bool) -> None:
    assert registry.is_plain(name) is is_plain


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "sources.list",
            "deb-src http://source.test/d bookworm main\ndeb [signed-by=/k] http://mirror.test/d bookworm main\n",
        ),
        (
            "sources.list.d/debian.sources",
            "Types: deb\nURIs: http://old.test/d\nSuites: bullseye\nComponents: main\n\n"
            "# comment\nTypes: deb\nURIs: http://mirror.test/d\nSuites: bookworm bookworm-updates\nComponents: main\n",
        ),
    ],
)
def test_the_mirror_is_the_one_that_apt_uses(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text)
    assert mirror_of("bookworm", tmp_path) == "http://mirror.test/d"
    with pytest.raises(ImageError, match="no source for trixie main"):
        mirror_of("trixie", tmp_path)


def test_pip_settings_that_name_places_of_the_host_stay_there() -> None:
    settings = network.pip_settings({"PIP_INDEX_URL": "https://index.test/simple", "PIP_CERT": "/ca.pem", "HOME": "/"})
    assert settings["index-url"] == "https://index.test/simple"
    assert "cert" not in settings


@pytest.mark.parametrize(
    ("overlay", "image"),
    [
        ("examples/digits/overlays/cpu", "hposweep-trial"),
        ("examples/digits/overlays/gpu", "hposweep-trial"),
        ("demo/postgres/base", "hposweep-postgres"),
        ("demo/postgres/overlays/volume", "hposweep-postgres"),
    ],
)
def test_kustomize_puts_another_registry_into_every_container(
    kubectl: Program, tmp_path: Path, overlay: str, image: str
) -> None:
    project = overlay.partition("/overlays")[0].removesuffix("/base")
    shutil.copytree(ROOT / project, tmp_path / project)
    base = tmp_path / project / "base" / "kustomization.yaml"
    base.write_text(base.read_text().replace("newTag: latest", "newName: registry.test/mine\n    newTag: other"))
    assert "newName" in base.read_text()
    rendered = kubectl("kustomize", str(tmp_path / overlay))
    assert "image: registry.test/mine:other" in rendered
    assert f"{image}:latest" not in rendered


@pytest.fixture(scope="module")
def cluster() -> Kubectl:
    if not (os.environ.get("KUBECONFIG") and os.environ.get("REGISTRY")):
        pytest.skip("KUBECONFIG and REGISTRY are not set (`make cluster images`)")
    return Kubectl()


@pytest.fixture(scope="module")
def namespace(cluster: Kubectl) -> Iterator[str]:
    name = f"images-{uuid.uuid4().hex[:8]}"
    cluster("create", "namespace", name)
    cluster("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    yield name
    cluster("delete", "namespace", name, "--wait=false")


@pytest.mark.cluster
@pytest.mark.timeout(PULL_SECONDS + 20)
@pytest.mark.parametrize(("key", "uid"), [("operator", 65532), ("trial", 65532), ("postgres", 10002)])
def test_runs_as_non_root_on_a_read_only_root_without_a_compiler(
    cluster: Kubectl, namespace: str, key: str, uid: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", key]) == 0
    main(["names", key])
    reference = capsys.readouterr().out.strip().partition("=")[2]
    cluster("apply", "--namespace", namespace, "-f", "-", stdin=json.dumps(_pod(key, reference)))
    phase = ("get", "pod", key, "--namespace", namespace, "--output=jsonpath={.status.phase}")
    until(lambda: cluster(*phase), "Succeeded".__eq__, seconds=PULL_SECONDS, what=f"pod {key} has succeeded")
    found = json.loads(cluster("logs", key, "--namespace", namespace))
    assert found == {"uid": uid, "tools": [], "writable": [TMP], "lent": []}


def _pod(name: str, image: str) -> dict[str, Any]:
    container = {
        "name": "inspection",
        "image": image,
        "command": ["python", "-c", INSPECTION],
        "securityContext": {
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": TMP}],
    }
    spec = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
