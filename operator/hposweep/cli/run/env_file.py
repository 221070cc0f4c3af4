"""Read the file of `--env-file`: a line `NAME=VALUE` for each variable. A message never contains a value."""

from __future__ import annotations

import re
from pathlib import Path

from hposweep.cli.run.errors import RefusedInputError

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)", re.DOTALL)


def read_env_file(file: Path | None) -> dict[str, str]:
    """Return the variables of the file. Raises RefusedInputError."""
    if file is None:
        return {}
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise RefusedInputError(f"--env-file: {file} cannot be read: {reason}") from None
    variables = {}
    for place, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.fullmatch(stripped)
        if match is None:
            raise RefusedInputError(f"--env-file: line {place} of {file} is not NAME=VALUE. Correct it.")
        variables[match[1]] = _unquoted(match[2].strip())
    return variables


def _unquoted(value: str) -> str:
    is_quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value
