"""The CRD's schema keeps to its style: every field described, bounded and shaped for server-side apply.

A field that somebody adds is held to the same rules without anybody remembering them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from tests.packaging.checkout import CRD

Json = dict[str, Any]
Node = tuple[str, Json]

DOCUMENT = yaml.safe_load(CRD.read_text())
(VERSION,) = DOCUMENT["spec"]["versions"]
SCHEMA = VERSION["schema"]["openAPIV3Schema"]
MAX_RULE_MESSAGE = 240
TRANSITIONS_ALLOWED = {"spec.stop"}


def _walk(schema: Json, path: str = "") -> Iterator[Node]:
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from _walk(child, f"{path}.{name}" if path else name)
    if "items" in schema:
        yield from _walk(schema["items"], f"{path}[]")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _walk(schema["additionalProperties"], f"{path}.*")


# `metadata` is the server's own: a CRD may say nothing about it.
NODES = [(path, node) for path, node in _walk(SCHEMA) if path != "metadata"]


def _of(kind: str) -> list[Node]:
    return [(path, node) for path, node in NODES if node.get("type") == kind]


def _each(nodes: list[Node]) -> Callable[[Any], Any]:
    return pytest.mark.parametrize(("path", "node"), nodes, ids=[path or "root" for path, _ in nodes])


@_each(NODES)
def test_a_field_is_described_in_whole_sentences(path: str, node: Json) -> None:
    description = node.get("description", "")
    assert description.endswith("."), f"{path or 'the root'} needs a description that ends with a full stop"
    assert description[0].isupper() or description[0] == "`", f"{path}: {description}"


@_each([(path, node) for path, node in NODES if path not in {"", "apiVersion", "kind"}])
def test_a_field_has_a_type_or_says_that_it_has_none(path: str, node: Json) -> None:
    says_it_has_none = ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string")
    assert node.get("type") or any(node.get(word) for word in says_it_has_none), path


@_each(_of("string"))
def test_a_string_is_bounded(path: str, node: Json) -> None:
    assert "enum" in node or node.get("format") == "date-time" or "maxLength" in node, f"{path} needs maxLength"


@_each(_of("array"))
def test_a_list_is_bounded_and_says_how_it_merges(path: str, node: Json) -> None:
    assert "maxItems" in node, f"{path} needs maxItems"
    assert node.get("x-kubernetes-list-type") in {"map", "set", "atomic"}, f"{path} needs x-kubernetes-list-type"


@_each([(path, node) for path, node in _of("object") if "properties" not in node])
def test_an_open_object_is_bounded(path: str, node: Json) -> None:
    assert "maxProperties" in node, f"{path} needs maxProperties"


@_each([(path, node) for path, node in _of("integer") if path.startswith("spec")])
def test_a_whole_number_of_the_spec_has_bounds(path: str, node: Json) -> None:
    signed_by_a_rule = path.endswith(".step")  # the rule's sentence is better than the schema's
    assert signed_by_a_rule or "minimum" in node, f"{path} needs minimum"
    assert "maximum" in node, f"{path} needs maximum"


@_each(_of("boolean"))
def test_a_switch_of_the_spec_has_a_default(path: str, node: Json) -> None:
    assert "default" in node, f"{path} needs a default"


def _has_scalar_default(node: Json) -> bool:
    return node.get("default") is not None and not isinstance(node["default"], dict) and node["default"] != ""


@_each([(path, node) for path, node in NODES if path.startswith("spec") and _has_scalar_default(node)])
def test_a_default_is_named_in_the_description(path: str, node: Json) -> None:
    """`kubectl explain` prints descriptions only."""
    default = str(node["default"]).lower() if isinstance(node["default"], bool) else str(node["default"])
    assert f"Defaults to {default}." in node["description"], path


@_each([(path, node) for path, node in NODES if node.get("enum")])
def test_words_to_choose_from_begin_with_a_capital(path: str, node: Json) -> None:
    assert all(word[0].isupper() for word in node["enum"]), path


@_each([(path, node) for path, node in NODES if path.startswith("spec") and node.get("enum")])
def test_words_to_choose_from_are_named_in_the_description(path: str, node: Json) -> None:
    assert all(word in node["description"] for word in node["enum"]), path


RULES = [(path, rule) for path, node in NODES for rule in node.get("x-kubernetes-validations", [])]


@pytest.mark.parametrize(("path", "rule"), RULES, ids=[f"{path or 'root'}-{n}" for n, (path, _) in enumerate(RULES)])
def test_a_rule_speaks_in_a_sentence_that_names_the_field(path: str, rule: Json) -> None:
    message = rule["message"]
    assert message.startswith("`"), f"{path}: {message}"
    assert len(message) <= MAX_RULE_MESSAGE
    assert not message.endswith("."), "the server puts a comma or the end of a list behind it"
    where = path.split(".*")[0].split("[]")[0]
    assert where.removeprefix("`") in message or where == "", f"{path}: {message}"
    assert any(word in message for word in (" must ", " cannot ")), f"{path}: {message}"


def test_a_frozen_field_says_so_in_the_words_of_the_others() -> None:
    for path, rule in RULES:
        if "oldSelf" in rule["rule"] and path not in TRANSITIONS_ALLOWED:
            assert rule["message"].endswith("cannot be changed after creation: create another sweep"), path
            assert rule["reason"] == "FieldValueForbidden", path


def test_an_optional_frozen_field_cannot_be_added_or_removed_either() -> None:
    by_path = dict(NODES)
    rules = {path: " ".join(r["rule"] for r in node.get("x-kubernetes-validations", [])) for path, node in NODES}
    for path, rule in RULES:
        if rule["rule"] != "self == oldSelf":
            continue
        parent, _, name = path.rpartition(".")
        required = name in by_path[parent].get("required", [])
        guarded = f"has(self.{name}) == has(oldSelf.{name})" in rules[parent]
        assert required or guarded or "default" in by_path[path], (
            f"{path}: `self == oldSelf` does not see it come or go"
        )


def test_scale_and_columns_read_fields_that_exist() -> None:
    scale = VERSION["subresources"]["scale"]
    columns = [column["jsonPath"] for column in VERSION["additionalPrinterColumns"]]
    known = {f".{path}" for path, _ in NODES}
    for path in [re.sub(r"\[\?.*?\]", "[]", path) for path in [*scale.values(), *columns]]:
        assert path in known or path.startswith(".metadata."), path


def test_the_schema_is_one_page_of_one_version() -> None:
    assert DOCUMENT["metadata"]["name"] == "hposweeps.hposweep.dev"
    assert VERSION["name"] == "v1alpha1"
    assert DOCUMENT["spec"]["names"]["shortNames"] == ["hpo"]
    assert DOCUMENT["spec"]["names"]["categories"] == ["hposweep"]
