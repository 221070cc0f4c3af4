"""The house rules that a program can see: folders that must not become packages, files that stay small and say why."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.checkout import CRD, ROOT, source_files

MAX_LINES = 300
# Longer, and each for a reason of its own.
LONG_BY_NATURE = {
    CRD.relative_to(ROOT),  # one schema is one document
    Path("LICENSE"),
    Path("CHANGELOG.md"),  # each release adds to it
    Path("docs/reference/hposweep.md"),  # generated from that schema, a line a field
}
MACHINE_WRITTEN = {".sum", ".lock", ".svg", ".json"}
TEXT = {".py", ".sh", ".yaml", ".yml", ".md", ".tpl", ".toml", ".txt", ".cfg", ".go", ".c", ".mod", ".in", ""}


@pytest.mark.parametrize("shadow", ["operator/__init__.py", "operator/operator.py", "trial_image/__init__.py"])
def test_a_source_root_is_not_a_package(shadow: str) -> None:
    assert not (ROOT / shadow).exists(), f"{shadow} would shadow a module of the standard library or hide a package"


def test_the_standard_library_is_found_from_the_root_of_the_checkout() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import operator; print(operator.__name__, operator.eq.__module__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["operator", "_operator"]


CASES = "tests/cases"  # files as users write them; case.yaml says what each is for


def test_no_file_is_longer_than_one_can_read() -> None:
    counted = {
        path: len((ROOT / path).read_text().splitlines())
        for path in source_files(*TEXT)
        if path not in LONG_BY_NATURE and path.suffix not in MACHINE_WRITTEN
    }
    too_long = {str(path): lines for path, lines in counted.items() if lines > MAX_LINES}
    assert not too_long, f"over {MAX_LINES} lines: {too_long}"


def test_every_python_file_says_why_it_exists() -> None:
    silent = [
        str(path)
        for path in source_files(".py")
        if not path.is_relative_to(CASES)
        and (text := (ROOT / path).read_text()).strip()
        and not ast.get_docstring(ast.parse(text))
    ]
    assert not silent, f"no module docstring: {silent}"


def test_no_file_knows_where_this_checkout_lies() -> None:
    here = str(ROOT)
    telling = [str(path) for path in source_files(*TEXT, ".json") if here in (ROOT / path).read_text()]
    assert not telling, f"absolute paths of this machine: {telling}"


def test_pinned_versions_carry_no_download_addresses() -> None:
    pins = [path for path in source_files(".txt", ".lock", ".sum", ".mod") if "://" in (ROOT / path).read_text()]
    assert not pins, f"addresses in: {pins}"


def test_links_of_the_checkout_lead_somewhere_inside_it() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    links = [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_symlink()]
    assert ROOT / "helm" / "manifests" in links
    for link in links:
        assert link.exists(), link
        assert link.resolve().is_relative_to(ROOT), link
        assert not link.readlink().is_absolute(), link
