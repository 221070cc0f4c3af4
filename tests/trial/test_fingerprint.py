"""Equal causes have equal fingerprints, different ones different."""

from __future__ import annotations

import pytest

from hpotrial.failures.fingerprint import fingerprint, masked


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shapes (64x128 and 256x10)", "shapes (32x128 and 512x10)"),
        ("<Model object at 0x7f3a10>", "<Model object at 0x55d0beef>"),
        ("loss is 1.5e-3 at step 7", "loss is -2 at step 1200"),
        ("[Errno 2] No such file: '/tmp/a1/x.csv'", "[Errno 2] No such file: '/tmp/b2/y.csv'"),
        ("run 3f2b8c1d9e gone", "run 0a1b2c3d4e5f gone"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id 00000000-0000-0000-0000-000000000000"),
    ],
)
def test_what_differs_by_nature_does_not_count(one: str, other: str) -> None:
    assert masked(one) == masked(other)
    assert fingerprint("A", "B", "c:1", one) == fingerprint("A", "B", "c:1", other)


def test_everything_else_counts() -> None:
    prints = {
        fingerprint("ObjectiveError", "ValueError", "train.py:3", "batch is empty"),
        fingerprint("DataMissing", "ValueError", "train.py:3", "batch is empty"),
        fingerprint("ObjectiveError", "KeyError", "train.py:3", "batch is empty"),
        fingerprint("ObjectiveError", "ValueError", "train.py:4", "batch is empty"),
        fingerprint("ObjectiveError", "ValueError", "train.py:3", "batch is full"),
    }
    assert len(prints) == 5
    assert {len(found) for found in prints} == {12}


def test_a_fraction_is_no_path() -> None:
    assert masked("3/4 of w/o that") == "<number>/<number> of w/o that"
