"""The reference page says what the CRD says."""

from __future__ import annotations

import runpy

import yaml

from tests.packaging.checkout import CRD, ROOT

FOLDER = ROOT / "docs" / "reference"


def test_the_page_is_up_to_date_with_the_crd() -> None:
    page = runpy.run_path(str(FOLDER / "generate.py"))["page"]
    expected = page(yaml.safe_load(CRD.read_text()))
    assert (FOLDER / "hposweep.md").read_text() == expected, "run: python docs/reference/generate.py"
