"""What contributors are told agrees with the Makefile and with the templates beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.packaging.checkout import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]


def test_the_hooks_are_the_steps_of_make_check() -> None:
    steps = [*_steps("lint"), *_steps("check")]
    entries = [hook["entry"].removeprefix(".venv/bin/") for repository in HOOKS for hook in repository["hooks"]]
    assert entries == steps, "make check and .pre-commit-config.yaml must have the same steps"


def _steps(verb: str) -> list[str]:
    (recipe,) = re.findall(rf"^{verb}:[^\n]*\n((?:\t[^\n]*\n)+)", MAKEFILE, re.MULTILINE)
    return [line.strip().lstrip("@") for line in recipe.splitlines()]


def test_the_hooks_download_nothing() -> None:
    assert {repository["repo"] for repository in HOOKS} == {"local"}
    assert {hook["language"] for repository in HOOKS for hook in repository["hooks"]} == {"system"}


def test_every_verb_that_the_papers_name_is_in_the_makefile() -> None:
    verbs = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    for page in ("CONTRIBUTING.md", "RELEASE.md", "docs/develop.md"):
        named = set(re.findall(r"(?:^|`|\S=\S+ )make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE))
        assert named, page
        assert named <= verbs, page


def test_the_glossary_explains_about_twenty_terms_in_one_line_each() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", CONTRIBUTING.partition("## Glossary")[2], re.MULTILINE)
    terms = [term for term, _ in rows if term != "term"]
    assert 18 <= len(terms) <= 25
    assert len(terms) == len(set(terms))


@pytest.mark.parametrize("template", sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.md")), ids=lambda path: path.stem)
def test_an_issue_template_has_a_name_and_a_description(template: Path) -> None:
    head = yaml.safe_load(template.read_text().split("---\n")[1])
    assert {"name", "about"} <= head.keys()
