"""Read, check, print: the whole of `hposweep validate`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hposweep.api.names import API_VERSION, KIND
from hposweep.cli.validate.findings import findings
from hposweep.cli.validate.output import as_json, as_text, is_valid
from hposweep.cluster.local.documents import DocumentError, parsed

EXIT_VALID, EXIT_ERRORS, EXIT_UNREADABLE = 0, 1, 2
STANDARD_INPUT = "-"
YAML = (".yaml", ".yml")


def validate(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    source = "the standard input" if arguments.file == STANDARD_INPUT else arguments.file
    try:
        sweeps = _sweeps(source, _bodies(source, arguments.file))
    except DocumentError as error:
        sys.stderr.write(f"hposweep validate: {error}\n")
        return EXIT_UNREADABLE
    found = {name: findings(body) for name, body in sweeps}
    if arguments.output == "json":
        sys.stdout.write(as_json(found))
    elif any(found.values()):
        sys.stdout.write(as_text(found))
    else:
        sys.stderr.write(f"{source}: valid, no findings\n")  # what has nothing to say prints nothing
    return EXIT_VALID if is_valid(found) else EXIT_ERRORS


def _bodies(source: str, file: str) -> Sequence[Mapping[str, Any]]:
    """Of a folder: those of all its YAML files."""
    if file == STANDARD_INPUT or not Path(file).is_dir():
        return parsed(source, _text(file))
    inside = sorted(str(path) for path in Path(file).rglob("*") if path.suffix in YAML and path.is_file())
    return [body for path in inside for body in parsed(path, _text(path))]


def _text(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
        return raw.decode()
    except OSError as error:
        raise DocumentError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{file} is not text in UTF-8") from None


def _sweeps(source: str, bodies: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """All sweeps of the file by name; what else is in it belongs to others."""
    sweeps = [body for body in bodies if body.get("kind") == KIND]
    if not sweeps:
        kinds = ", ".join(str(body.get("kind", "no kind")) for body in bodies) or "nothing"
        raise DocumentError(f"{source} must hold a document of kind `{KIND}`; it holds {kinds}")
    for body in sweeps:
        if body.get("apiVersion") != API_VERSION:
            version = body.get("apiVersion")
            raise DocumentError(f"{source}: `apiVersion` is `{version}`; it must be `{API_VERSION}`")
    named = [(_name(body), body) for body in sweeps]
    names = [name for name, _ in named]
    return [
        (name if names.count(name) == 1 else f"{name} (document {place})", body)
        for place, (name, body) in enumerate(named, 1)
    ]


def _name(body: Mapping[str, Any]) -> str:
    metadata = body.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return str(name or "without a name")
