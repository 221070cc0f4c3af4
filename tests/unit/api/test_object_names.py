"""The names that Kubernetes accepts, and none that leads to another path of its API."""

from __future__ import annotations

import pytest

from hposweep.api.object_names import is_namespace, is_object_name


@pytest.mark.parametrize("text", ["a", "0", "vision", "a-b", "a--b", "a" * 63])
def test_a_label_names_a_namespace_and_an_object(text: str) -> None:
    assert is_namespace(text)
    assert is_object_name(text)


@pytest.mark.parametrize("text", ["a.b", "a" * 64, ".".join(["a" * 63] * 3) + "." + "b" * 61])
def test_a_subdomain_names_an_object_only(text: str) -> None:
    assert not is_namespace(text)
    assert is_object_name(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "..", "a..b", "a.", ".a", "-a", "a-", "A", "ä", "a_b", "a b", "a\n", "a" * 254),
        *("a/b", "../x", "a%2fb", "a?b", "a#b"),
    ],
)
def test_other_texts_name_nothing(text: str) -> None:
    assert not is_namespace(text)
    assert not is_object_name(text)
