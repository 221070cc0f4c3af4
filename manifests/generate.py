"""Writes the CRD's copies of a criterion from one of them: a schema without references has to repeat it four times.

The original is the criterion of a tier, `spec.success.<tier>[]`. Edit it, then run `python manifests/generate.py`. That
writes the copies in `anyOf` and in the rules of decision points, the four rules that demand exactly one kind, and the
copy of the kinds that may stop a sweep.
tests/packaging compares its output with the CRD.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
Steps = tuple[str, ...]  # keys and positions that lead to a node of the CRD

CRD = Path(__file__).with_name("base") / "crd" / "hposweeps.hposweep.dev.yaml"
WIDTH = 120  # columns of a line
ANY_OF = "anyOf"

TIER, RULE = "spec.success.<tier>[]", "spec.decisionPoints[].rules[].when"
STOP_RULE, STOP_KIND = "spec.stopWhen[]", "bestValue"
_SPEC = ("spec", "versions", "0", "schema", "openAPIV3Schema", "properties", "spec", "properties")
_RULE_ITEMS = ("decisionPoints", "items", "properties", "rules", "items")
# Where a criterion stands in the CRD, by its path in the resource.
PLACES: dict[str, Steps] = {
    TIER: (*_SPEC, "success", "additionalProperties", "items"),
    RULE: (*_SPEC, *_RULE_ITEMS, "properties", "when"),
    STOP_RULE: (*_SPEC, "stopWhen", "items", "properties", STOP_KIND),
}


def generated(text: str) -> str:
    """Return the CRD with every criterion rewritten from the one of a tier."""
    root = yaml.compose(text)
    original = _value(_node(root, PLACES[TIER]))
    lines = text.splitlines()
    # From the end, so that the line numbers of the earlier places stay right.
    for resource_path, path in sorted(PLACES.items(), key=lambda item: -_node(root, item[1]).start_mark.line):
        node = _node(root, path)
        copy = _copy(original, resource_path, _value(node)["description"])
        block = _block(copy, node.start_mark.column)
        lines[node.start_mark.line : node.end_mark.line] = block
    return "\n".join(lines) + "\n"


def _copy(original: Json, path: str, description: str) -> Json:
    if path == STOP_RULE:
        return dict(_moved(original["properties"][STOP_KIND], path))
    return _criterion(original, path, description)


def _criterion(original: Json, path: str, description: str) -> Json:
    any_of = original["properties"][ANY_OF]
    kinds = {name: kind for name, kind in original["properties"].items() if name != ANY_OF}
    nested = f"{path}.{ANY_OF}[]"
    alternative = _one_of(_moved(kinds, nested), nested, any_of["items"]["description"])
    return _one_of({**_moved(kinds, path), ANY_OF: {**any_of, "items": alternative}}, path, description)


def _one_of(properties: Json, path: str, description: str) -> Json:
    """Return an object of which exactly one property is given."""
    *names, last = (f"`{name}`" for name in properties)
    presence = ", ".join(f"has(self.{name})" for name in properties)
    rule = {
        "rule": f"[{presence}].filter(x, x).size() == 1",
        "message": f"`{path}` must have exactly one of {', '.join(names)} and {last}",
    }
    return {
        "type": "object",
        "description": description,
        "x-kubernetes-validations": [rule],
        "properties": properties,
    }


def _moved(value: Any, path: str) -> Any:
    """Return a copy whose sentences name the fields by another path."""
    if isinstance(value, dict):
        return {name: _moved(item, path) for name, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, path) for item in value]
    return value.replace(f"`{TIER}.", f"`{path}.") if isinstance(value, str) else value


def _node(root: Any, path: Steps) -> Any:
    node = root
    for step in path:
        if isinstance(node, yaml.SequenceNode):
            node = node.value[int(step)]
        else:
            node = next(value for key, value in node.value if key.value == step)
    return node


def _value(node: Any) -> Json:
    constructor = yaml.constructor.SafeConstructor()
    return dict(constructor.construct_document(node))


def _block(value: Json, column: int) -> list[str]:
    """Return a mapping as YAML in the style of the file: short lists in brackets, long texts folded."""
    return [line for name, item in value.items() for line in _entry(f"{' ' * column}{name}:", item, column + 2)]


def _entry(key: str, value: Any, column: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield key
        yield from _block(value, column)
    elif isinstance(value, list) and isinstance(value[0], dict):
        yield key
        for item in value:
            first, *rest = _block(item, column + 2)
            yield f"{' ' * column}- {first.lstrip()}"
            yield from rest
    elif isinstance(value, list):
        yield f"{key} [{', '.join(value)}]"
    elif isinstance(value, str):
        yield from _text(key, value, column)
    else:
        yield f"{key} {yaml.safe_dump(value).splitlines()[0]}"


def _text(key: str, value: str, column: int) -> Iterator[str]:
    line = f"{key} {value}"
    if len(line) <= WIDTH and _is_plain(value):
        yield line
        return
    yield f"{key} >-"
    indent = " " * column
    yield from textwrap.wrap(
        value,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _is_plain(value: str) -> bool:
    try:
        return bool(yaml.safe_load(f"key: {value}") == {"key": value})
    except yaml.YAMLError:
        return False


def main() -> None:
    CRD.write_text(generated(CRD.read_text()))


if __name__ == "__main__":
    main()
