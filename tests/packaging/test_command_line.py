"""The page of the command line and its guide say what the program knows."""

from __future__ import annotations

import argparse
import re

from hposweep.cli import run, version
from tests.documents import ROOT

PAGE = (ROOT / "docs/reference/cli.md").read_text()
GUIDE = (ROOT / "docs/how-to/run.md").read_text()


def verbs() -> dict[str, argparse.ArgumentParser]:
    made = argparse.ArgumentParser().add_subparsers()
    run.add_to(made)
    version.add_to(made)
    return dict(made.choices)


def test_every_verb_has_a_section() -> None:
    assert re.findall(r"^## `hposweep (\w+)", PAGE, re.MULTILINE) == list(verbs())


def test_every_option_is_on_the_page_and_every_option_there_exists() -> None:
    options = {option for action in verbs()["run"]._actions for option in action.option_strings} - {"-h", "--help"}
    assert set(re.findall(r"^\| `(--\w+)", PAGE, re.MULTILINE)) == options
    assert set(re.findall(r"`?(--\w+)", GUIDE)) <= options


def test_every_exit_code_is_explained_at_each_place() -> None:
    codes = set(re.findall(r"\d+", run.EXIT_CODES))
    assert set(re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)) == codes
    assert set(re.findall(r"\d+", " ".join(re.findall(r"^\| ([\d, ]+) \|", GUIDE, re.MULTILINE)))) == codes
