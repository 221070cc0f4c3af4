"""The sweep of the guide to champions is a valid one, and the guide names every field."""

from __future__ import annotations

from hposweep.cli.validate.findings import findings
from hposweep.schema.crd import schema
from tests.documents import ROOT, sweeps

GUIDE = "docs/how-to/champions.md"


def test_the_sweep_of_the_guide_has_no_finding_about_its_champions() -> None:
    found = findings(sweeps()[f"{GUIDE}:0"])
    assert [finding for finding in found if any("champions" in field for field in finding.fields)] == []


def test_the_guide_names_every_field() -> None:
    text, block = (ROOT / GUIDE).read_text(), schema()["properties"]["spec"]["properties"]["champions"]
    assert [field for field in block["properties"] if f"{field}:" not in text] == []
