"""The page of the command line and its guide match the program."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import typer

from hposweep.cli import VERBS, app
from tests.documents import ROOT

PAGE = (ROOT / "docs/reference/cli.md").read_text()
GUIDE = (ROOT / "docs/how-to/run.md").read_text()


def commands(group: object, prefix: str = "") -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Yield each verb, and each verb of a group, by the words that a person types."""
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


PROGRAM = dict(commands(typer.main.get_command(app)))
EXIT_CODES = {module.__name__.rpartition(".")[2]: getattr(module, "EXIT_CODES", "") for module in VERBS}


def test_every_verb_has_a_section() -> None:
    assert sorted(re.findall(r"^## `hposweep ([a-z ]*[a-z])", PAGE, re.MULTILINE)) == sorted(PROGRAM)


def section(verb: str) -> str:
    """Its part of the page."""
    after = re.split(rf"^## `hposweep {verb}\b", PAGE, maxsplit=1, flags=re.MULTILINE)[1]
    return re.split(r"^## ", after, maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("verb", PROGRAM)
def test_every_option_is_on_the_page_and_every_option_there_exists(verb: str) -> None:
    options = {option for item in PROGRAM[verb].params for option in item.opts if option[:2] == "--"}
    assert set(re.findall(r"^\| `(--[\w-]+)", section(verb), re.MULTILINE)) == options - {"--help"}


def test_the_guide_to_run_names_only_options_that_exist() -> None:
    documented = {option for verb in PROGRAM for option in re.findall(r"`(--[\w-]+)", section(verb))}
    assert set(re.findall(r"(?<![\w-])(--[a-z][\w-]+)", GUIDE)) <= documented


@pytest.mark.parametrize("verb", [verb for verb in PROGRAM if EXIT_CODES[verb.split()[0]]])
def test_every_exit_code_is_explained_at_each_place(verb: str) -> None:
    codes = set(re.findall(r"\d+", EXIT_CODES[verb.split()[0]]))
    assert set(re.findall(r"^\| (\d+) \|", section(verb), re.MULTILINE)) == codes


def test_the_guide_to_run_explains_every_exit_code() -> None:
    codes = set(re.findall(r"\d+", EXIT_CODES["run"]))
    assert set(re.findall(r"\d+", " ".join(re.findall(r"^\| ([\d, ]+) \|", GUIDE, re.MULTILINE)))) == codes
