"""Words that YAML reads as booleans are a warning where the values are the user's, and nowhere else."""

from __future__ import annotations

from hposweep.cli.validate.lines import Lines, documents
from hposweep.cli.validate.yaml_words import findings

TEXT = """
kind: HPOSweep
spec:
  suspend: off
  objective:
    fixed: {deep: {a: [yes]}, quoted: "on"}
  searchSpace:
    - {name: amp, categorical: {choices: [on, off, on]}}
    - {name: plain, categorical: {choices: [true, False, "no"]}, when: {parameter: amp, in: [Off]}}
"""


def test_each_place_is_named_with_its_words() -> None:
    (lines,) = documents(TEXT)
    assert [(finding.fields[0], finding.numbers["words"]) for finding in findings(lines)] == [
        ("spec.objective.fixed", ["yes"]),
        ("spec.searchSpace[0].categorical.choices", ["on", "off", "on"]),
        ("spec.searchSpace[1].when.in", ["Off"]),
    ]
    first = next(findings(lines))
    assert first.message == (
        "`spec.objective.fixed`: YAML reads `yes` as true or false. Put each in quotes, or write true and false."
    )


def test_a_file_without_a_spec_has_none() -> None:
    assert list(findings(Lines())) == []
    for text in ("kind: HPOSweep", "spec: []", "spec: {searchSpace: {a: on}}", "- on"):
        (lines,) = documents(text)
        assert list(findings(lines)) == []
