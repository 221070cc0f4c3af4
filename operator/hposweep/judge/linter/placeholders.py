"""Find references in the arguments of a command, in the forms of shells and other tools. Called by `command`.

Who reads an argument decides what a form means: `$HPO_PARAM_LR` is a variable in a script, and plain text elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from pathlib import PurePosixPath

_SHELLS = {"sh", "bash", "dash", "zsh", "ksh", "ash"}
_SHELL_OPTION = re.compile(r"-[a-z]*c")
_INTERPRETERS = re.compile(r"python[\d.]*|perl|ruby|node|Rscript|awk|gawk|mawk|jq")
_CODE_OPTIONS = ("-c", "-e", "--eval")

_DOUBLE = r"\$?\{\{\s*[\w.$\[\]'\"-]+\s*\}\}"  # {{inputs.parameters.lr}}, ${{ matrix.lr }}
_DOTTED = r"\$\{\w+(?:\.[\w-]+)+\}"  # ${trialParameters.lr}
_ANYWHERE = re.compile(f"{_DOUBLE}|{_DOTTED}")
# Without a shell nothing else replaces them: ${args}, {lr}, $HPO_PARAM_LR, %HPO_PARAM_LR%.
_PLAIN = re.compile(rf"{_DOUBLE}|\$\{{[^{{}}]*\}}|(?<![\w$]){{[A-Za-z_][\w.]*}}|(?<![\w$\\])\$[A-Za-z_]\w*|%HPO_\w+%")
_SHELL_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))")
_NAME = re.compile(r"[A-Za-z_]\w*")


class Reader(Enum):
    """Who reads an argument first."""

    PROGRAM = auto()
    SHELL = auto()  # sh -c SCRIPT
    INTERPRETER = auto()  # python -c CODE, in which braces have another meaning


def reader_of(command: Sequence[str], position: int) -> Reader:
    """Return who reads the argument at `position`."""
    if position == 0:
        return Reader.PROGRAM
    programs = [PurePosixPath(argument).name for argument in command[:position]]
    option = command[position - 1]
    if _SHELL_OPTION.fullmatch(option) and not _SHELLS.isdisjoint(programs):
        return Reader.SHELL
    is_code = option in _CODE_OPTIONS or programs[-1] in ("awk", "gawk", "mawk", "jq")
    return Reader.INTERPRETER if is_code and any(map(_INTERPRETERS.fullmatch, programs)) else Reader.PROGRAM


def placeholders(argument: str, reader: Reader) -> Iterator[str]:
    """Yield the placeholders that nothing will replace."""
    if reader is Reader.INTERPRETER:
        return
    pattern = _PLAIN if reader is Reader.PROGRAM else _ANYWHERE
    yield from (match[0] for match in pattern.finditer(argument))


def shell_variables(script: str) -> Iterator[str]:
    """Yield the variables that a script reads without a default of its own and does not set."""
    for braced, plain in _SHELL_VARIABLE.findall(script):
        name = braced or plain
        if not re.search(rf"\b{name}=", script):
            yield name


def name_in(placeholder: str) -> str:
    """Return the last name in a placeholder: `lr` of `${trialParameters.lr}`."""
    names = _NAME.findall(placeholder)
    return names[-1] if names else ""
