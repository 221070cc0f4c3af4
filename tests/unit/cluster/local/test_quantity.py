"""Amounts as Kubernetes writes them."""

from __future__ import annotations

import pytest

from hposweep.cluster.local.quantity import amount


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("512Mi", 512 * 2**20),
        ("2Gi", 2**31),
        ("1.5G", 1_500_000_000),
        ("1e9", 10**9),
        ("64k", 64_000),
        (1024, 1024),
        ("1E", 10**18),
        ("1500m", 2),
        (".5Ki", 512),
    ],
)
def test_an_amount(text: str | int, units: int) -> None:
    assert amount(text) == units


@pytest.mark.parametrize("text", ["", "2 Gi", "1GB", "Mi", "one", "1K"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="is no quantity"):
        amount(text)
