"""Write `hposweep.md`, the reference of the resource, from the CRD, which alone describes the fields.

Run `python docs/reference/generate.py` after a change of the CRD. tests/packaging compares its output with the page.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]

PAGE = Path(__file__).with_name("hposweep.md")
CRD = Path(__file__).parents[2] / "manifests" / "base" / "crd" / "hposweeps.hposweep.dev.yaml"

INTRODUCTION = """\
# HPOSweep

This page is generated from the CRD by `docs/reference/generate.py`. Edit a description in the CRD. On a cluster,
`kubectl explain hposweep.spec` prints the same. `[]` is an item of a list, and `<name>` is a key that you choose.
"""
RULES = """\
## Rules between fields

The API server rejects a sweep that breaks one of these rules and prints the rule. It also enforces limits of single
fields (lengths, numbers, allowed words), which the tables above list.
"""
TABLE = "| field | type | default | description |\n|---|---|---|---|"


def page(crd: Json) -> str:
    """Return the whole page."""
    (version,) = crd["spec"]["versions"]
    schema = version["schema"]["openAPIV3Schema"]
    parts = [INTRODUCTION]
    for block in ("spec", "status"):
        node = schema["properties"][block]
        parts += [f"## {block}\n\n{textwrap.fill(node['description'], 120)}\n\n{TABLE}"]
        parts[-1] += "".join(f"\n{row}" for row in _rows(node, block))
        parts[-1] += "\n"
    messages = dict.fromkeys(_messages(schema))
    frozen = [message for message in messages if message.endswith("create another sweep")]
    parts += [RULES, "".join(f"- {message}.\n" for message in messages if message not in frozen)]
    parts += ["## Immutable fields\n", "".join(f"- {message.split(' cannot')[0]}\n" for message in frozen)]
    return "\n".join(parts)


def _rows(node: Json, path: str) -> Iterator[str]:
    required = set(node.get("required", []))
    for name, child in node.get("properties", {}).items():
        place = f"{path}.{name}"
        yield f"| `{place}` | {_type(child)} | {_default(child, name in required)} | {_cell(child['description'])} |"
        inner, suffix = _inside(child)
        yield from _rows(inner, place + suffix)


def _inside(node: Json) -> tuple[Json, str]:
    """Return the schema whose fields come next, and how the path to it goes on."""
    suffix = ""
    while True:
        if "items" in node:
            node, suffix = node["items"], f"{suffix}[]"
        elif isinstance(node.get("additionalProperties"), dict):
            node, suffix = node["additionalProperties"], f"{suffix}.<name>"
        else:
            return node, suffix


def _type(node: Json) -> str:
    if "items" in node:
        return f"list of {_type(node['items'])}"
    if isinstance(node.get("additionalProperties"), dict):
        return f"map of {_type(node['additionalProperties'])}"
    if node.get("format") == "date-time":
        return "time"
    return str(node.get("type", "scalar"))


def _default(node: Json, required: bool) -> str:
    if required:
        return "required"
    return f"`{json.dumps(node['default'])}`" if "default" in node else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _messages(node: Json) -> Iterator[str]:
    yield from (rule["message"] for rule in node.get("x-kubernetes-validations", []))
    children = [*node.get("properties", {}).values(), node.get("items"), node.get("additionalProperties")]
    for child in children:
        if isinstance(child, dict):
            yield from _messages(child)


def main() -> None:
    PAGE.write_text(page(yaml.safe_load(CRD.read_text())))


if __name__ == "__main__":
    main()
