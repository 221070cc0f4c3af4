"""A file of Kubernetes documents: the sweep, and the ConfigMaps and Secrets beside it.

Read by `cli.run` before there is a cluster; `cluster` looks up the files and variables of a pod in it.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hposweep.api.names import API_VERSION, KIND

_RESOLVED = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp")
_FLOAT = re.compile(
    r"(?:[-+]?(?:\.\d+|\d+\.\d*)(?:[eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)
_INT = re.compile(r"(?:[-+]?(?:0[0-7]*|[1-9][0-9_]*)|0x[0-9a-fA-F]+)$")
STANDARD_INPUT = "-"
_FILE = re.compile(r"[-._a-zA-Z0-9]+")


class DocumentError(Exception):
    """The file is invalid; one sentence."""


class _Loader(yaml.CSafeLoader):
    """Scalars as `kubectl` reads them: `1e-4` is a number, `2024-01-01` and `1:30` are text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _RESOLVED]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INT, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of one file."""

    source: str  # the file as the user named it, for messages
    folder: Path
    sweep: Mapping[str, Any]
    config_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def value(self, kind: str, name: str, key: str) -> str | None:
        objects = self.secrets if kind == "Secret" else self.config_maps
        return objects.get(name, {}).get(key)


def read(path: str | Path) -> Documents:
    """Read a file, or `-`: standard input, whose folder is the current one. Raises DocumentError."""
    is_input = path == STANDARD_INPUT
    file = "standard input" if is_input else str(path)
    try:
        text = (sys.stdin.buffer.read() if is_input else Path(path).read_bytes()).decode()
    except OSError as error:
        raise DocumentError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{file} is not text in UTF-8") from None
    bodies = parsed(file, text)
    return Documents(
        source=file,
        folder=Path.cwd() if is_input else Path(path).resolve().parent,
        sweep=_sweep(file, bodies),
        config_maps={_name(body): _texts(file, body, "data") for body in bodies if body.get("kind") == "ConfigMap"},
        secrets={_name(body): _secret(file, body) for body in bodies if body.get("kind") == "Secret"},
    )


def parsed(source: str, text: str) -> list[Mapping[str, Any]]:
    """Parse the documents of a text from `source`. Raises DocumentError."""
    try:
        bodies = [body for body in yaml.load_all(text, _Loader) if body is not None]
    except yaml.YAMLError as error:
        raise DocumentError(f"{source} is not YAML: {_position(error)}") from None
    if not all(isinstance(body, dict) for body in bodies):
        raise DocumentError(f"{source} holds something that is no Kubernetes object; each document must be a mapping")
    return bodies


def _sweep(file: str, bodies: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    sweeps = [body for body in bodies if body.get("kind") == KIND]
    if len(sweeps) != 1:
        kinds = ", ".join(str(body.get("kind", "no kind")) for body in bodies) or "nothing"
        content = f"{len(sweeps)} of them" if sweeps else kinds
        raise DocumentError(f"{file} must hold one document of kind `{KIND}`; it holds {content}")
    version = sweeps[0].get("apiVersion")
    if version != API_VERSION:
        raise DocumentError(f"{file}: `apiVersion` is `{version}`; it must be `{API_VERSION}`")
    if not _name(sweeps[0]):
        raise DocumentError(f"{file}: `metadata.name` is missing; the sweep needs a name")
    return sweeps[0]


def _name(body: Mapping[str, Any]) -> str:
    metadata = body.get("metadata")
    return str((metadata if isinstance(metadata, Mapping) else {}).get("name") or "")


def _texts(file: str, body: Mapping[str, Any], block: str) -> dict[str, str]:
    """Return text by key; a key becomes the name of a file."""
    texts = body.get(block) or {}
    wrong = not isinstance(texts, Mapping) or [key for key, text in texts.items() if not _is_entry(key, text)]
    if wrong:
        example = "texts by names of letters, digits, `-`, `_` and `.`"
        raise DocumentError(f"{file}: `{block}` of {body['kind']} `{_name(body)}` must hold {example}")
    return dict(texts)


def _is_entry(key: Any, text: Any) -> bool:
    is_name = isinstance(key, str) and _FILE.fullmatch(key) is not None and key not in (".", "..")
    return is_name and isinstance(text, str)


def _secret(file: str, body: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of a Secret, from base64 (`data`) and plain (`stringData`)."""
    try:
        encoded = _texts(file, body, "data")
        decoded = {key: base64.b64decode(text, validate=True).decode() for key, text in encoded.items()}
    except ValueError:
        raise DocumentError(f"{file}: `data` of Secret `{_name(body)}` must be text in base64") from None
    return {**decoded, **_texts(file, body, "stringData")}


def _position(error: yaml.YAMLError) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error)
    return (
        f"{problem} (line {mark.line + 1}, column {mark.column + 1})" if mark is not None else problem.splitlines()[0]
    )
