"""`hposweep validate` on the largest sweep that the API server takes: slow, and right."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hposweep.cli import main
from tests.contract.test_defaults import ACCEPTED, LARGEST


def test_a_hundred_parameters_with_conditions_are_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sweep.yaml"
    file.write_text(yaml.safe_dump(ACCEPTED[LARGEST]))
    assert main(["validate", str(file)]) == 0
    assert capsys.readouterr().err.endswith("valid, no findings\n")
