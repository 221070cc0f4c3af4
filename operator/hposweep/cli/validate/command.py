"""Read, check and print: the whole of `hposweep validate`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hposweep.api.names import API_VERSION, KIND
from hposweep.cli.output import print_text
from hposweep.cli.validate import lines, yaml_words
from hposweep.cli.validate.findings import findings
from hposweep.cli.validate.lines import Lines
from hposweep.cli.validate.output import as_json, as_text
from hposweep.cli.validate.report import SweepReport
from hposweep.cluster.local import yaml_nodes
from hposweep.cluster.local.documents import DocumentError, parsed
from hposweep.cluster.local.folder import LOCK
from hposweep.cluster.local.yaml_nodes import YamlError

EXIT_VALID, EXIT_ERRORS, EXIT_UNREADABLE = 0, 1, 2
STANDARD_INPUT = "-"
YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class _Document:
    """One document of a file."""

    source: str
    body: Mapping[str, Any]
    lines: Lines


def validate(file: str, *, is_json: bool, is_verbose: bool) -> int:
    """Return the exit code."""
    try:
        sweeps = _sweeps(file)
    except DocumentError as error:
        sys.stderr.write(f"hposweep validate: {error}\n")
        return EXIT_UNREADABLE
    reports = [
        SweepReport(_name(item.body), (*findings(item.body), *yaml_words.findings(item.lines)), item.source, item.lines)
        for item in sweeps
    ]
    if is_json:
        print_text(as_json(reports))
    elif any(report.findings for report in reports):
        width = shutil.get_terminal_size().columns
        print_text(as_text(reports, width, is_verbose=is_verbose))
    else:
        sys.stderr.write(f"{_title(file)}: valid, no findings\n")
    return EXIT_VALID if all(report.is_valid for report in reports) else EXIT_ERRORS


def _title(file: str) -> str:
    return "standard input" if file == STANDARD_INPUT else file


def _documents(file: str) -> Iterator[_Document]:
    """Yield all documents of a file, of the standard input, or of all YAML files in a folder."""
    if not file:
        raise DocumentError("the name of the file is empty; name a file, a folder, or `-` for standard input")
    paths = [file]
    if file != STANDARD_INPUT and Path(file).is_dir():
        paths = sorted(str(path) for path in Path(file).rglob("*") if _is_input(path, Path(file)))
    for path in paths:
        text, source = _text(path), _title(path)
        for body, position in zip(parsed(source, text), lines.documents(text), strict=True):
            yield _Document(source, body, position)


def _is_input(path: Path, root: Path) -> bool:
    """Whether a file below `root` is a user's YAML. The folder of a run holds its sweep with all defaults."""
    inner = path.relative_to(root).parents[:-1]
    return path.suffix in YAML and path.is_file() and not any((root / folder / LOCK).exists() for folder in inner)


def _text(file: str) -> str:
    try:
        raw = yaml_nodes.read_bytes(sys.stdin.buffer if file == STANDARD_INPUT else Path(file))
        return raw.decode()
    except OSError as error:
        raise DocumentError(f"{file} cannot be read: {error.strerror}") from None
    except YamlError as error:
        raise DocumentError(f"{_title(file)} {error}") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{_title(file)} is not text in UTF-8") from None


def _sweeps(file: str) -> list[_Document]:
    """Return the sweeps; other documents in the file are ignored. Raises DocumentError when there is no sweep."""
    documents = list(_documents(file))
    sweeps = [item for item in documents if item.body.get("kind") == KIND]
    if not sweeps:
        kinds = ", ".join(str(item.body.get("kind", "no kind")) for item in documents) or "nothing"
        raise DocumentError(f"{_title(file)} must hold a document of kind `{KIND}`; it holds {kinds}")
    for item in sweeps:
        version = item.body.get("apiVersion")
        if version != API_VERSION:
            raise DocumentError(f"{item.source}: `apiVersion` must be `{API_VERSION}` (got `{version}`)")
    return sweeps


def _name(body: Mapping[str, Any]) -> str:
    metadata = body.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return str(name or "without a name")
