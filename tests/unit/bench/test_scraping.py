"""The size of a scrape of a thousand sweeps. Its duration depends on the machine, so `make bench` prints it."""

from __future__ import annotations

import re

import pytest

from bench.scraping import SWEEPS, Scrape, scraping
from tests.documents import ROOT

MEGABYTES = 20
PAGE = (ROOT / "docs/reference/metrics.md").read_text()


@pytest.fixture(scope="module")
def scrape() -> Scrape:
    return scraping()


def test_a_thousand_sweeps_fit_into_20_megabytes(scrape: Scrape) -> None:
    print(f"\n{scrape.series:,} series, {len(scrape.text) / 1e6:.1f} MB")
    assert len(scrape.text) < MEGABYTES * 1_000_000
    infos = {line for line in scrape.text.splitlines() if line.startswith(b"hposweep_info{")}
    assert len(infos) == SWEEPS


def test_the_page_says_how_many_series_a_sweep_has(scrape: Scrape) -> None:
    one, two = scraping(1), scraping(2)
    documented = re.search(r"has (\d+) series", PAGE)
    assert documented is not None
    assert int(documented[1]) == two.series - one.series
    assert scrape.series - one.series == (SWEEPS - 1) * int(documented[1])
