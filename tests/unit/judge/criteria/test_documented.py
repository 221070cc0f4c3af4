"""The guide names every criterion that there is, and no other."""

from __future__ import annotations

import re
from dataclasses import fields

from hposweep.api.criteria import Criterion
from hposweep.api.wire import wire_name
from tests.documents import ROOT


def test_the_guide_has_a_row_for_each_criterion() -> None:
    rows = re.findall(r"^\| `(\w+)`", (ROOT / "docs/how-to/success.md").read_text(), re.MULTILINE)
    assert set(rows) == {wire_name(field.name) for field in fields(Criterion)}
