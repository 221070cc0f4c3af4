"""The size of a scrape of a thousand sweeps. Its duration depends on the machine, so `make bench` prints it."""

from __future__ import annotations

import re

import pytest

from bench.scraping import SWEEPS, Fleet, series_count
from tests.documents import ROOT

MEGABYTES = 20
PAGE = (ROOT / "docs/reference/metrics.md").read_text()


@pytest.fixture(scope="module")
def text() -> bytes:
    return scraped(SWEEPS)


def scraped(count: int) -> bytes:
    return Fleet(count).exposition.scrape("").body


def test_a_thousand_sweeps_fit_into_20_megabytes(text: bytes) -> None:
    print(f"\n{series_count(text):,} series, {len(text) / 1e6:.1f} MB")
    assert len(text) < MEGABYTES * 1_000_000
    assert len({line for line in text.splitlines() if line.startswith(b"hposweep_info{")}) == SWEEPS


def test_the_pages_say_how_large_the_scrape_is(text: bytes) -> None:
    assert f"such sweeps has {len(text) / 1e6:.0f} MB" in PAGE
    performance = " ".join((ROOT / "docs/performance.md").read_text().split())
    assert f"of today have {series_count(text):,} series of {len(text) / 1e6:.1f} MB" in performance


def test_the_page_says_how_many_series_a_sweep_has(text: bytes) -> None:
    one, two = series_count(scraped(1)), series_count(scraped(2))
    documented = re.search(r"has (\d+) series", PAGE)
    assert documented is not None
    assert int(documented[1]) == two - one
    assert series_count(text) - one == (SWEEPS - 1) * int(documented[1])


def test_the_benchmark_compares_the_same_series() -> None:
    fleet = Fleet(3)
    ours, theirs = fleet.exposition.scrape("").body, fleet.library().scrape("").body
    assert sorted(ours.splitlines()) == sorted(theirs.splitlines())
    assert series_count(ours) > 300
