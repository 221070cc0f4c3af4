"""The option `--output`, which several verbs have: text for people or JSON for programs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Output(StrEnum):
    """How a verb prints its result."""

    TEXT = "text"
    JSON = "json"


OutputOption = Annotated[
    Output, typer.Option("--output", "-o", metavar="text|json", help="Print text for people or JSON for programs.")
]
