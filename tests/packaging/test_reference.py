"""The generated pages say what the CRD and the definitions of the metrics say."""

from __future__ import annotations

import re
import runpy

import pytest
import yaml

from hposweep.telemetry.catalog import DEFINITIONS
from tests.packaging.checkout import CRD, ROOT

FOLDER = ROOT / "docs" / "reference"
# Sentences and queries, without the generated tables.
PROSE = re.sub(r"(?m)^\|.*$", "", (FOLDER / "metrics.md").read_text())


def test_the_page_is_up_to_date_with_the_crd() -> None:
    page = runpy.run_path(str(FOLDER / "generate.py"))["page"]
    expected = page(yaml.safe_load(CRD.read_text()))
    assert (FOLDER / "hposweep.md").read_text() == expected, "run: python docs/reference/generate.py"


def test_the_tables_of_metrics_are_up_to_date_with_the_definitions() -> None:
    text = (FOLDER / "metrics.md").read_text()
    page = runpy.run_path(str(FOLDER / "generate_metrics.py"))["page"]
    assert text == page(text), "run: python docs/reference/generate_metrics.py"
    stale = text.replace("| `hposweep_trials` |", "| `hposweep_trial` |")
    assert page(stale) == text != stale, "a row of another name is replaced"


@pytest.mark.parametrize("name", re.findall(r"\bhposweep_\w+", PROSE))
def test_the_page_of_metrics_names_only_metrics_that_exist(name: str) -> None:
    assert re.sub(r"_(bucket|count|sum)$", "", name) in DEFINITIONS
