"""One version: `hposweep.__version__` is the source, and every other place repeats it."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

from hposweep import __version__
from tests.packaging.checkout import CHART, ROOT

SOURCE = "operator/hposweep/__init__.py"


def test_the_version_is_semantic() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?", __version__)


@pytest.mark.parametrize("field", ["version", "appVersion"])
def test_the_chart_has_the_version_of_the_package(field: str) -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart[field] == __version__, f"helm/Chart.yaml: {field} must equal __version__ of {SOURCE}"


def test_the_wheel_reads_the_version_from_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"] == {"path": SOURCE}


def test_the_changelog_has_a_section_for_the_version() -> None:
    sections = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert sections[0] == "Unreleased"
    assert __version__ in sections
