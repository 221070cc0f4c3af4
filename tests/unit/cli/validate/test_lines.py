"""Line numbers of fields in a YAML file."""

from __future__ import annotations

import pytest

from hposweep.cli.validate.lines import Lines, documents

TEXT = """# a comment

kind: ConfigMap
---
---
kind: HPOSweep
spec:
  success:
    minimum:
      - bestValue:
          greaterThan: 1
      - {trialsFinished: {min: 3}}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("kind", 6),
        ("spec", 7),
        ("spec.success.minimum", 9),
        ("spec.success.minimum[0].bestValue.greaterThan", 11),
        ("spec.success.minimum[1].trialsFinished.min", 12),
        ("spec.success.minimum[7]", 9),  # the nearest parent that the file has
        ("spec.trials.max", 7),
        ("status", 6),
    ],
)
def test_a_path_has_the_line_of_its_field_or_of_the_nearest_parent(path: str, line: int) -> None:
    _, sweep = documents(TEXT)
    assert sweep.line(path) == line


def test_without_a_document_no_line_is_known() -> None:
    assert Lines().line("spec") is None
