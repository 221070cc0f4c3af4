"""Words that YAML reads as booleans are a warning where the values are the user's, and nowhere else; so are others."""

from __future__ import annotations

from pathlib import Path

from hposweep.cli.validate.lines import Lines, documents
from hposweep.cli.validate.yaml_words import findings, sentences
from hposweep.cluster.local.documents import read

TEXT = """
kind: HPOSweep
spec:
  suspend: off
  objective:
    fixed: {deep: {a: [yes]}, quoted: "on", y: 1}
  searchSpace:
    - {name: amp, categorical: {choices: [on, off, on]}}
    - {name: plain, categorical: {choices: [true, False, "no"]}, when: {parameter: amp, in: [Off]}}
"""


def test_each_place_is_named_with_its_words() -> None:
    (lines,) = documents(TEXT)
    assert [(finding.fields[0], finding.numbers["words"]) for finding in findings(lines)] == [
        ("spec.objective.fixed", ["yes", "y"]),
        ("spec.searchSpace[0].categorical.choices", ["on", "off", "on"]),
        ("spec.searchSpace[1].when.in", ["Off"]),
    ]
    first = next(findings(lines))
    assert first.message == (
        "`spec.objective.fixed`: YAML reads `yes`, `y` as true or false. Put each in quotes, or write true and false."
    )


def test_a_file_without_a_spec_has_none() -> None:
    assert list(findings(Lines())) == []
    for text in ("kind: HPOSweep", "spec: []", "spec: {searchSpace: {a: on}}", "- on"):
        (lines,) = documents(text)
        assert list(findings(lines)) == []


def test_verbs_that_print_no_table_have_a_sentence_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "sweep.yaml"
    file.write_text(f"kind: ConfigMap\n---\napiVersion: hposweep.dev/v1alpha1\nmetadata: {{name: x}}{TEXT}")
    first, second, third = sentences(read(file))
    assert first.startswith(f"{file}, line 9: `spec.objective.fixed`: YAML reads `yes`, `y` as true or false.")
    assert second.startswith(f"{file}, line 11: `spec.searchSpace[0].categorical.choices`: YAML reads `on`, `off`")
    assert third.startswith(f"{file}, line 12: ")


def test_a_leading_zero_changes_a_number_anywhere_in_the_spec() -> None:
    (lines,) = documents("spec: {trials: {max: 010}, fixed: [007, 0o10, '010', 08, -0_11]}")
    assert [finding.message for finding in findings(lines)] == [
        "`spec.trials.max`: YAML reads `010` as 8. Remove the leading zero, or put it in quotes.",
        "`spec.fixed[4]`: YAML reads `-0_11` as -9. Remove the leading zero, or put it in quotes.",
    ]


def test_an_empty_item_is_null() -> None:
    (lines,) = documents("spec:\n  searchSpace:\n  - categorical:\n      choices:\n      - ''\n      -\n      - null\n")
    assert [finding.fields[0] for finding in findings(lines)] == ["spec.searchSpace[0].categorical.choices"]
    (without,) = documents("spec: {searchSpace: [{categorical: {choices: ['', null, ~]}}]}")
    assert list(findings(without)) == []
