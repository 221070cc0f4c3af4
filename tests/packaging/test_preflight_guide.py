"""The guide to the preflight names every kind of check and field, and its sweep is a valid one."""

from __future__ import annotations

import re

from hposweep.cli.validate.findings import findings
from hposweep.schema.crd import schema
from hpotrial.preflight.registry import KINDS
from tests.documents import ROOT, sweeps

TEXT = (ROOT / "docs/how-to/preflight.md").read_text()
OPTIONS = {"failurePolicy", "timeoutSeconds"}


def rows() -> dict[str, str]:
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", TEXT, re.MULTILINE))


def test_every_kind_of_check_has_its_row() -> None:
    assert set(rows()) == {kind.name for kind in KINDS}
    assert len(rows()) == len(KINDS)


def test_every_field_is_in_the_table_or_explained() -> None:
    fields = set(schema()["properties"]["spec"]["properties"]["preflight"]["properties"])
    named = {field.removesuffix("[]") for cell in rows().values() for field in re.findall(r"`([\w\[\]]+)`", cell)}
    assert named == fields - OPTIONS
    assert [field for field in OPTIONS if f"`{field}" not in TEXT] == []


def test_the_sweep_of_the_guide_has_no_finding_about_its_checks() -> None:
    found = findings(sweeps()["docs/how-to/preflight.md:0"])
    assert [finding for finding in found if any("preflight" in field for field in finding.fields)] == []
