"""Text that a reader of YAML would take for something else is written in quotes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from hpotrial.protocol.yaml_scalars import Dumper, Loader

TEXTS = ["y", "N", "on", "010", "08", "0o17", "1_000", "1e5", "1.5", "2024-01-01", "1:30", "~", "null", "=", "x", ""]


@pytest.mark.parametrize("reader", [Loader, yaml.CSafeLoader])
def test_text_stays_text_for_both_readers(reader: type[yaml.CSafeLoader]) -> None:
    written = yaml.dump({"texts": TEXTS, "y": 1}, Dumper=Dumper)
    assert yaml.load(written, reader) == {"texts": TEXTS, "y": 1}  # noqa: S506  # both are safe loaders


@pytest.mark.parametrize("value", [True, 0, -3, 1e-5, 1.5, 1e300, None])
def test_other_values_stay_what_they_are(value: Any) -> None:
    assert yaml.load(yaml.dump([value], Dumper=Dumper), Loader) == [value]  # noqa: S506  # it is a safe loader
