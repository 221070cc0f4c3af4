"""The page of the command line and its guide say what the program knows."""

from __future__ import annotations

import argparse
import re

import pytest

from hposweep.cli import judge, run, validate, version
from tests.documents import ROOT

PAGE = (ROOT / "docs/reference/cli.md").read_text()
GUIDE = (ROOT / "docs/how-to/run.md").read_text()


def verbs() -> dict[str, argparse.ArgumentParser]:
    made = argparse.ArgumentParser().add_subparsers()
    run.add_to(made)
    validate.add_to(made)
    judge.add_to(made)
    version.add_to(made)
    return dict(made.choices)


def test_every_verb_has_a_section() -> None:
    assert re.findall(r"^## `hposweep (\w+)", PAGE, re.MULTILINE) == list(verbs())


def section(verb: str) -> str:
    """Its part of the page."""
    return re.split(r"^## ", PAGE.partition(f"## `hposweep {verb}")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("verb", verbs())
def test_every_option_is_on_the_page_and_every_option_there_exists(verb: str) -> None:
    options = {option for action in verbs()[verb]._actions for option in action.option_strings if option[:2] == "--"}
    assert set(re.findall(r"^\| `(--\w+)", section(verb), re.MULTILINE)) == options - {"--help"}


def test_the_guide_to_run_names_no_option_that_is_not_there() -> None:
    assert set(re.findall(r"`?(--\w+)", GUIDE)) <= set(re.findall(r"`(--\w+)", section("run")))


@pytest.mark.parametrize(
    ("verb", "says"), [("run", run.EXIT_CODES), ("validate", validate.EXIT_CODES), ("judge", judge.EXIT_CODES)]
)
def test_every_exit_code_is_explained_at_each_place(verb: str, says: str) -> None:
    codes = set(re.findall(r"\d+", says))
    assert set(re.findall(r"^\| (\d+) \|", section(verb), re.MULTILINE)) == codes


def test_the_guide_to_run_explains_every_exit_code() -> None:
    codes = set(re.findall(r"\d+", run.EXIT_CODES))
    assert set(re.findall(r"\d+", " ".join(re.findall(r"^\| ([\d, ]+) \|", GUIDE, re.MULTILINE)))) == codes
