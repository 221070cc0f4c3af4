"""A file as `kubectl` would read it: scalars, several documents, and what is no resource."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hposweep.cluster.local.documents import DocumentError, Documents, read

BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
SWEEP = "apiVersion: hposweep.dev/v1alpha1\nkind: HPOSweep\nmetadata: {name: x}\n"


def given(folder: Path, text: str) -> Documents:
    file = folder / "sweep.yaml"
    file.write_text(text)
    return read(file)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-4", 1e-4),
        ("1.5e3", 1500),
        ("1.0", 1),
        ("-0.0", 0),
        ("1e20", 1e20),
        ("0.5", 0.5),
        ("-3", -3),
        ("0x1F", 31),
        ("-0X1f", -31),
        ("1_000", 1000),
        ("1_0.5", 10.5),
        ("010", 8),
        ("08", 8),
        ("0o17", 15),
        ("0b101", 5),
        ("0x", "0x"),
        ("_1", "_1"),
        ("2024-01-01", "2024-01-01"),
        ("1:30", "1:30"),
        ("true", True),
        ("y", True),
        ("N", False),
        ("Off", False),
        ("yEs", "yEs"),
        ("!!int '2'", 2),
        ("{y: 1, on: 2, 12: 3}", {"true": 2, "12": 3}),
        ("None", "None"),
        ("null", None),
        ("'7'", "7"),
        ("=", "="),
        ("{<<: {b: 1, c: 2}, c: 3}", {"b": 1, "c": 3}),
        ("1.2.3", "1.2.3"),
    ],
)
def test_scalars_are_what_kubectl_makes_of_them(tmp_path: Path, text: str, value: Any) -> None:
    found = given(tmp_path, f"{SWEEP}spec: {{a: {text}}}\n").sweep["spec"]["a"]
    assert found == value
    assert type(found) is type(value)


def test_config_maps_and_secrets_of_the_same_file_come_along(tmp_path: Path) -> None:
    documents = given(
        tmp_path,
        f"{SWEEP}---\nkind: ConfigMap\nmetadata: {{name: code}}\ndata: {{a.py: 'x = 1'}}\n---\n"
        "kind: Secret\nmetadata: {name: hub}\ndata: {token: aGVsbG8=}\nstringData: {user: me}\n---\n",
    )
    assert documents.folder == tmp_path
    assert documents.config_maps == {"code": {"a.py": "x = 1"}}
    assert documents.value("Secret", "hub", "token") == "hello"
    assert documents.value("Secret", "hub", "user") == "me"
    assert documents.value("Secret", "hub", "other") is None
    assert documents.value("ConfigMap", "code", "a.py") == "x = 1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "it holds nothing"),
        ("- 1", "each document must be a mapping"),
        (f"{SWEEP}---\n{SWEEP}", "it holds 2 of them"),
        ("kind: Job\n---\nmetadata: {}", "it holds Job, no kind"),
        (f"{SWEEP}a: 1\na: 2", r"sweep.yaml, line 5: has the key `a` a second time \(first in line 4\)"),
        (f"{SWEEP}spec: {{trials: {{max: 1, 'max': 2}}}}", "line 4: has the key `max` a second time"),
        (f"{SWEEP}spec:\n- a: [{{1: x, '1': y}}]", "line 5: has the key `1` a second time"),
        ("a: !!int b", "line 1: `b` is not a number"),
        ("a: !!bool b", "line 1: `b` is not a boolean"),
        ("a:\n\tb: 1", r"a tab where only spaces may stand \(line 2, column 1\)"),
        ("a: {b: ${TRIALS}}", r"`\$\{TRIALS\}` is the placeholder of a template \(line 1, column 9\)"),
        ("a: {{ .Values.trials }}", "line 1: has a list or a mapping as a key; .* Render a template"),
        ("a: &a [*a]", "line 1: contains itself through an alias"),
        ("a: &a {<<: *a}", "contains itself through an alias"),
        (BOMB, "line 6: has more than 200,000 values with its aliases expanded"),
        ("a: " + "[" * 200, "line 1: is nested deeper than 100 levels"),
        ("a: " + "[" * 100_000, "nest"),
        ("#" * 5_000_000, "is larger than 4 MiB"),
        ("a: .nan", "line 1: has the number `.nan`, which JSON does not have"),
        ("a: [-.INF]", "has the number `-.INF`"),
        ("a: 1e999", "has the number `1e999`"),
        (f"a: {'9' * 5000}", "line 1: has a number with thousands of digits"),
        ("a: !!set {b}", "line 1: has the type `set`, which JSON does not have"),
        ("a: !!python/object/apply:os.system [ls]", "has the type `python/object/apply:os.system`"),
        ("? [1]\n: 2", "has a list or a mapping as a key"),
        ("a: [", r"is not YAML: .* \(line 2, column 1\)"),
        (
            "kind: HPOSweep\napiVersion: hposweep.dev/v2",
            "`apiVersion` is `hposweep.dev/v2`; it must be `hposweep.dev/v1alpha1`",
        ),
        ("kind: HPOSweep\napiVersion: hposweep.dev/v1alpha1", "`metadata.name` is missing"),
        (f"{SWEEP}---\nkind: ConfigMap\ndata: {{../a.py: x}}", "`data` of ConfigMap `` must hold texts by names"),
        (f"{SWEEP}---\nkind: ConfigMap\ndata: {{a: 1}}", "`data` of ConfigMap `` must hold texts by names"),
        (
            f"{SWEEP}---\nkind: Secret\nmetadata: {{name: s}}\ndata: {{a: '%%'}}",
            "`data` of Secret `s` must be text in base64",
        ),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence):
        given(tmp_path, text)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read: Is a directory"):
        read(tmp_path)
    (tmp_path / "picture").write_bytes(b"\x89\xff")
    with pytest.raises(DocumentError, match="is not text in UTF-8"):
        read(tmp_path / "picture")


def test_a_list_as_kubectl_prints_it_holds_its_items(tmp_path: Path) -> None:
    items = "kind: List\nitems:\n- {apiVersion: hposweep.dev/v1alpha1, kind: HPOSweep, metadata: {name: x}}\n"
    documents = given(tmp_path, f"{items}- {{kind: ConfigMap, metadata: {{name: code}}, data: {{a.py: 'x = 1'}}}}\n")
    assert documents.sweep["metadata"]["name"] == "x"
    assert documents.config_maps == {"code": {"a.py": "x = 1"}}


def test_an_empty_name_is_no_folder() -> None:
    with pytest.raises(DocumentError, match="the name of the file is empty"):
        read("")
