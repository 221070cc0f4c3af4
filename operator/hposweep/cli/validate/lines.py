"""Line numbers of the fields of a YAML file, so that a finding names the line to edit. Called by `command`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from hposweep.cluster.local import yaml_nodes

_TOKEN = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Lines:
    """One document of a file. Without a document (findings that come from no file) no line is known."""

    document: yaml.Node | None = None

    def line(self, path: str) -> int | None:
        """Return the 1-based line of `path` (`spec.trials.max`), or of the nearest parent that the file has."""
        if self.document is None:
            return None
        node, line = self.document, self.document.start_mark.line
        for key, position in _TOKEN.findall(path):
            child = _item(node, int(position)) if position else _field(node, key)
            if child is None:
                break
            node, line = child
        return line + 1


def documents(text: str) -> Sequence[Lines]:
    """Return the documents of a text that can be parsed, in order and without empty ones."""
    return [Lines(node) for node in yaml_nodes.nodes(text)]


def _field(node: yaml.Node, name: str) -> tuple[yaml.Node, int] | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next(((value, key.start_mark.line) for key, value in node.value if key.value == name), None)


def _item(node: yaml.Node, position: int) -> tuple[yaml.Node, int] | None:
    if not isinstance(node, yaml.SequenceNode) or position >= len(node.value):
        return None
    item = node.value[position]
    return item, item.start_mark.line
