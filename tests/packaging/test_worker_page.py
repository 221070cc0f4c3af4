"""The reference of the worker names every exit code, variable and attribute of the protocol, and no other."""

from __future__ import annotations

import re
from typing import Any

from hposweep.api.spec import STOP_DRAIN, STOP_NONE, STOP_TERMINATE
from hpotrial import protocol
from tests.documents import ROOT

PAGE = (ROOT / "docs/reference/worker.md").read_text()


def section(title: str) -> str:
    return re.split(r"^## ", PAGE.partition(f"\n## {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(title: str) -> list[str]:
    return re.findall(r"^\| `?([\w:]+)`? \|", section(title), re.MULTILINE)[1:]


def constants(**where: str) -> dict[str, Any]:
    """Constants of the protocol by name, of those whose name or value begins or ends as asked."""
    public = {name: value for name, value in vars(protocol).items() if name.isupper()}
    return {
        name: value
        for name, value in public.items()
        if name.startswith(where.get("prefix", "")) and name.endswith(where.get("suffix", ""))
    }


def attributes() -> set[str]:
    prefix = protocol.ATTRIBUTE_PREFIX
    return {value for value in constants().values() if isinstance(value, str) and value.startswith(prefix)} - {prefix}


def test_every_exit_code_is_on_the_page() -> None:
    rows = re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE)
    assert [int(code) for code in rows] == sorted(constants(prefix="EXIT_").values())


def test_every_environment_variable_is_on_the_page() -> None:
    rows = first_cells("Environment")
    assert sorted(rows) == sorted(constants(suffix="_ENV").values())


def test_every_attribute_is_on_the_page_once() -> None:
    rows = [*first_cells("Attributes of the study"), *first_cells("Attributes of a trial")]
    assert sorted(rows) == sorted(attributes())


def test_the_page_names_no_attribute_that_does_not_exist() -> None:
    assert set(re.findall(r"hposweep:[a-z_]+", PAGE)) <= attributes()


def test_the_page_names_every_way_to_stop() -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{protocol.CONTROL}` |")]
    assert set(re.findall(r'"(\w+)"(?:\\\||,)', row)) == {STOP_NONE, STOP_DRAIN, STOP_TERMINATE}


def test_the_place_of_the_last_sentence_is_right() -> None:
    assert f"`{protocol.TERMINATION_MESSAGE_PATH}`" in PAGE
