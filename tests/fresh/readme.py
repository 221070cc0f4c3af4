"""The commands of README's first screen, read from it word by word, so that what is run is what is promised."""

from __future__ import annotations

import re

from tests.packaging.checkout import ROOT

README = ROOT / "README.md"
FIRST_SCREEN_ENDS = "\n## "  # at the first heading below the title
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = ("make", "python3")


def commands(text: str | None = None) -> list[str]:
    """Return each command line, without its prompt and its comment, in order."""
    first_screen = (text or README.read_text()).partition(FIRST_SCREEN_ENDS)[0]
    lines = [line.removeprefix("$ ") for block in BLOCK.findall(first_screen) for line in block.splitlines()]
    return [line.partition("#")[0].strip() for line in lines if line.split(" ")[0] in PROGRAMS]
