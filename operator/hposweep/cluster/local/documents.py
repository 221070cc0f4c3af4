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
from hposweep.cluster.local import yaml_nodes
from hposweep.cluster.local.yaml_nodes import YamlError

STANDARD_INPUT = "-"
_FILE = re.compile(r"[-._a-zA-Z0-9]+")


class DocumentError(Exception):
    """The file is invalid; one sentence."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of one file."""

    source: str  # the file as the user named it, for messages
    folder: Path
    sweep: Mapping[str, Any]
    config_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    node: yaml.Node | None = field(default=None, repr=False, compare=False)  # of the sweep, as it is written

    def value(self, kind: str, name: str, key: str) -> str | None:
        return (self.texts(kind, name) or {}).get(key)

    def texts(self, kind: str, name: str) -> Mapping[str, str] | None:
        """Return all texts of a Secret or a ConfigMap; None when it is absent."""
        return (self.secrets if kind == "Secret" else self.config_maps).get(name)


def read(path: str | Path) -> Documents:
    """Read a file, or `-`: standard input, whose folder is the current one. Raises DocumentError."""
    if not str(path):
        raise DocumentError("the name of the file is empty; name a file, or `-` for standard input")
    is_input = path == STANDARD_INPUT
    file = "standard input" if is_input else str(path)
    try:
        text = yaml_nodes.read_bytes(sys.stdin.buffer if is_input else Path(path)).decode()
    except OSError as error:
        raise DocumentError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DocumentError(f"{file} is not text in UTF-8") from None
    except YamlError as error:
        raise DocumentError(f"{file} {error}") from None
    documents = composed(file, text)
    bodies = [body for body, _ in documents]
    return Documents(
        source=file,
        folder=Path.cwd() if is_input else Path(path).resolve().parent,
        sweep=_sweep(file, bodies),
        config_maps={_name(body): _texts(file, body, "data") for body in bodies if body.get("kind") == "ConfigMap"},
        secrets={_name(body): _secret(file, body) for body in bodies if body.get("kind") == "Secret"},
        node=next(node for body, node in documents if body.get("kind") == KIND),
    )


def parsed(source: str, text: str) -> list[Mapping[str, Any]]:
    """Parse the documents of a text from `source`. Raises DocumentError."""
    return [body for body, _ in composed(source, text)]


def composed(source: str, text: str) -> list[tuple[Mapping[str, Any], yaml.Node]]:
    """Return the documents with the nodes that they were made of. Raises DocumentError."""
    try:
        documents = [(yaml_nodes.value(node), node) for node in yaml_nodes.nodes(text)]
    except YamlError as error:
        separator = "," if str(error).startswith("line ") else ""
        raise DocumentError(f"{source}{separator} {error}") from None
    if not all(isinstance(body, dict) for body, _ in documents):
        raise DocumentError(f"{source} holds something that is no Kubernetes object; each document must be a mapping")
    return documents


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
