"""The arguments of a command objective, with `$(NAME)` expanded as in the command of a container.

`run` calls it for each trial, after `environment` has set the program's variables.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hpotrial.protocol import command

ARGS_REFERENCE = f"$({command.ARGS})"


def text(value: Any) -> str:
    """Return a parameter as text: a string as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def options(params: Mapping[str, Any]) -> list[str]:
    """Return the parameters as options `--name=value`; None is left out, so that the program's own default holds."""
    return [f"--{name}={text(value)}" for name, value in params.items() if value is not None]


def expand(
    arguments: Sequence[str], environ: Mapping[str, str], params: Mapping[str, Any], optional: Iterable[str] = ()
) -> list[str]:
    """Return the arguments with their references expanded.

    `optional` are the parameters with a condition: one that this trial does not have expands to nothing.
    """
    absent = dict.fromkeys((command.variable(name) for name in optional), "")
    known = {**absent, **environ, command.ARGS: shlex.join(options(params))}
    return list(_expanded(arguments, known, options(params)))


def _expanded(arguments: Sequence[str], known: Mapping[str, str], parameters: Sequence[str]) -> Iterator[str]:
    for argument in arguments:
        if argument == ARGS_REFERENCE:
            yield from parameters
        else:
            yield command.expand(argument, known.get)
