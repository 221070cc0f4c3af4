"""Scalars and keys as `kubectl` reads them, which is YAML 1.1 as Go's library understands it: `y` is true, `010` is 8.

The operator's `cluster.local` and the worker's `objective.sweep_file` read the file of a sweep with `Loader`. A run
without a cluster writes its files with `Dumper`, which quotes each text that a reader would take for something else.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

FLOAT_TAG = "tag:yaml.org,2002:float"
_INT_TAG, _BOOL_TAG = "tag:yaml.org,2002:int", "tag:yaml.org,2002:bool"
_RESOLVED_OTHERWISE = {f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "timestamp", "value")}
_TRUE, _FALSE = ("y", "yes", "on", "true"), ("n", "no", "off", "false")
_BOOL = re.compile("|".join(form for word in (*_TRUE, *_FALSE) for form in (word, word.capitalize(), word.upper())))
_BASES = {"0x": 16, "0o": 8, "0b": 2}
# Underscores may stand behind the first character, and mean nothing.
_INT = re.compile(
    r"[-+]?_*(?:0_*[xX]_*[0-9a-fA-F][0-9a-fA-F_]*|0_*[oO]_*[0-7][0-7_]*|0_*[bB]_*[01][01_]*|0[0-7_]*|[1-9][0-9_]*)$"
)
_FLOAT = re.compile(
    r"(?:(?:[-+]_*\.[0-9_]*[0-9]|\.[0-9]+|[-+]?_*[0-9][0-9_]*(?:\.[0-9_]*)?)[0-9_]*(?:[eE][-+]?_*[0-9][0-9_]*)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)
_OCTAL = re.compile(r"[-+]?0[0-7_]*[1-9][0-7_]*")
# Beyond 64 bits Go reads a number with a fraction, and the API server refuses it as an integer.
_MIN_INT, _MAX_INT = -(2**63), 2**63 - 1


class Loader(yaml.CSafeLoader):
    """Scalars and keys of a document."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping with the keys that JSON has: text."""
        return {_key(key): value for key, value in super().construct_mapping(node, deep).items()}

    def number(self, node: yaml.ScalarNode) -> float:
        """Return a number. A whole one is an integer, because JSON has no other form of it."""
        text = str(self.construct_scalar(node))
        if _INT.match(text) is not None:
            return integer(text)
        if _FLOAT.match(text) is None:
            raise _refusal(node, "number")
        value = float(self.construct_yaml_float(node))
        return int(value) if value.is_integer() and _MIN_INT <= value <= _MAX_INT else value

    def boolean(self, node: yaml.ScalarNode) -> bool:
        """Return a boolean."""
        text = str(self.construct_scalar(node)).lower()
        if text not in (*_TRUE, *_FALSE):
            raise _refusal(node, "boolean")
        return text in _TRUE


class Dumper(yaml.CSafeDumper):
    """Writes text in quotes where PyYAML or `kubectl` would read something else."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _RESOLVED_OTHERWISE]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
for _class in (Loader, Dumper):
    _class.add_implicit_resolver(_BOOL_TAG, re.compile(f"(?:{_BOOL.pattern})$"), list("yYnNtTfFoO"))
    _class.add_implicit_resolver(_INT_TAG, _INT, list("-+0123456789"))
    _class.add_implicit_resolver(FLOAT_TAG, _FLOAT, list("-+0123456789."))
Loader.add_constructor(_BOOL_TAG, Loader.boolean)
Loader.add_constructor(_INT_TAG, Loader.number)
Loader.add_constructor(FLOAT_TAG, Loader.number)


def is_octal(node: yaml.ScalarNode) -> bool:
    """Whether the node is a number that a leading zero makes another one: `010`, but not `07`."""
    is_plain = node.tag == _INT_TAG and not node.style
    return is_plain and _OCTAL.fullmatch(node.value) is not None and integer(node.value) != int(node.value)


def integer(text: str) -> int:
    """Return the integer that `_INT` found."""
    digits = text.replace("_", "").lower().lstrip("+-")
    base = _BASES.get(digits[:2])
    value = int(digits[2:], base) if base else int(digits, 8 if digits.startswith("0") else 10)
    return -value if text.startswith("-") else value


def _refusal(node: yaml.ScalarNode, kind: str) -> yaml.YAMLError:
    """Return the error for an explicit tag that the text does not have: `!!int abc`."""
    return yaml.constructor.ConstructorError(None, None, f"`{node.value[:60]}` is not a {kind}", node.start_mark)


def _key(key: Any) -> Any:
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key) if isinstance(key, int | float) else key
