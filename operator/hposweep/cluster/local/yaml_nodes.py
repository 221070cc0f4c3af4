"""The one YAML reader of the command line: what `kubectl` would read, in bounded time, and nothing that it would lose.

`documents` builds values from the nodes, `cli.validate` takes lines from them. A key that stands twice, an alias that
multiplies or contains itself, NaN, and a type that JSON lacks are refused with their line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import yaml

from hpotrial.protocol.yaml_scalars import FLOAT_TAG, Loader

MAX_BYTES = 4 * 2**20  # an API server stores at most 1.5 MiB of an object; a file may hold several
MAX_DEPTH = 100
MAX_VALUES = 200_000  # with aliases expanded; the largest sweep that the schema allows has fewer
_MERGE, _NULL = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:null"
_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq", "merge")}


_RENDER = "Render a template such as `{{ … }}` first"
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\$\{[^{}]*\}")


class YamlError(Exception):
    """The text is no YAML, or none that can be used; the message names the line."""


def read_bytes(source: Path | BinaryIO) -> bytes:
    """Return the content. Raises YamlError when it is too large, OSError."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return read_bytes(stream)
    content = source.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise YamlError(f"is larger than {MAX_BYTES // 2**20} MiB; put only the sweep and what it needs into the file")
    return content


def nodes(text: str) -> list[yaml.Node]:
    """Return the checked documents of the text, in order and without empty ones. Raises YamlError."""
    try:
        _check_depth(text)
        documents = [node for node in yaml.compose_all(text, Loader) if node is not None and node.tag != _NULL]
    except yaml.YAMLError as error:
        raise YamlError(_problem(error, text)) from None
    sizes: dict[int, int] = {}
    for document in documents:
        _check(document, sizes, ())
    return [item for document in documents for item in _items(document)]


def _items(document: yaml.Node) -> list[yaml.Node]:
    """Return the objects of a `List`, as `kubectl get -o yaml` prints several; any other document as it is."""
    if not isinstance(document, yaml.MappingNode):
        return [document]
    fields = {key.value: item for key, item in document.value if isinstance(key, yaml.ScalarNode)}
    kind, items = fields.get("kind"), fields.get("items")
    if isinstance(kind, yaml.ScalarNode) and kind.value == "List" and isinstance(items, yaml.SequenceNode):
        return list(items.value)
    return [document]


def _problem(error: yaml.YAMLError, text: str) -> str:
    """Return what is wrong and where. A tab and the placeholder of a template have a sentence of their own."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error)
    if mark is None:
        return f"is not YAML: {problem.splitlines()[0]}"
    place = f"(line {mark.line + 1}, column {mark.column + 1})"
    line = next(iter(text.splitlines()[mark.line : mark.line + 1]), "")
    if line[mark.column : mark.column + 1] == "\t":
        return f"is not YAML: a tab where only spaces may stand {place}. Replace it with spaces"
    template = _TEMPLATE.search(line)
    if template is not None:
        return f"is not YAML: `{template[0][:60]}` is the placeholder of a template {place}. Render the template first"
    return f"is not YAML: {problem.splitlines()[0]} {place}"


def value(node: yaml.Node) -> Any:
    """Return the value of a checked node. Raises YamlError."""
    try:
        return Loader("").construct_document(node)
    except ValueError:
        raise YamlError(f"line {node.start_mark.line + 1}: has a number with thousands of digits. Shorten it") from None
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or str(error)
        mark = getattr(error, "problem_mark", None) or node.start_mark
        raise YamlError(f"line {mark.line + 1}: {problem.splitlines()[0]}") from None


def _check_depth(text: str) -> None:
    """Refuse a nesting that a recursive reader could not survive."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _refusal(event, f"is nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _check(node: yaml.Node, sizes: dict[int, int], parents: tuple[int, ...]) -> int:
    """Return the number of values in the node with its aliases expanded."""
    if id(node) in parents:
        raise _refusal(node, "contains itself through an alias")
    if id(node) not in sizes:
        _check_tag(node)
        if isinstance(node, yaml.MappingNode):
            _check_keys(node)
        children = _children(node)
        sizes[id(node)] = 1 + sum(_check(child, sizes, (*parents, id(node))) for child in children)
        if sizes[id(node)] > MAX_VALUES:
            raise _refusal(node, f"has more than {MAX_VALUES:,} values with its aliases expanded")
    return sizes[id(node)]


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (item for _, item in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _check_keys(node: yaml.MappingNode) -> None:
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _refusal(key, f"has a list or a mapping as a key; a key must be a text. {_RENDER}")
        if key.tag == _MERGE:
            continue
        line = key.start_mark.line + 1
        if key.value in lines:
            first = lines[key.value]
            raise _refusal(key, f"has the key `{key.value[:60]}` a second time (first in line {first}). Remove one")
        lines[key.value] = line


def _check_tag(node: yaml.Node) -> None:
    if node.tag not in _TAGS:
        name = node.tag.removeprefix("tag:yaml.org,2002:")
        raise _refusal(node, f"has the type `{name}`, which JSON does not have. Write it as a text in quotes")
    if node.tag == FLOAT_TAG and isinstance(node, yaml.ScalarNode) and not _is_finite(node.value):
        raise _refusal(node, f"has the number `{node.value[:60]}`, which JSON does not have. Write a finite number")


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text.replace("_", "")))
    except ValueError:
        return text.lstrip("+-").lower() not in (".inf", ".nan")


def _refusal(node: yaml.Node | yaml.Event, problem: str) -> YamlError:
    mark = node.start_mark
    return YamlError(f"line {mark.line + 1 if mark is not None else 1}: {problem}")
