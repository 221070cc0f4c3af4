"""Words that YAML reads as booleans are a warning where the values are the user's, and nowhere else; so are others."""

from __future__ import annotations

from hposweep.cli.validate.lines import Lines, documents
from hposweep.cli.validate.yaml_words import findings

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
