"""The text of a scrape: the same as the library writes for the same series, in each of its formats."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bench.library_exposition import LibraryFamilies, family, sweep_rows
from hposweep.api.sweep import Sweep
from hposweep.telemetry.catalog import SWEEP_DEFINITIONS
from hposweep.telemetry.definition import HISTOGRAM, Definition
from hposweep.telemetry.facts import Durations, facts
from hposweep.telemetry.sample_lines import Rows, SampleLines, exportable, label_value
from hposweep.telemetry.series.series import Snapshot
from tests.unit import world
from tests.unit.judge.histories import failed, trial
from tests.unit.telemetry.scrape import OPENMETRICS, TEXT, Scraper, observed

# As Prometheus 3 asks, in each version that the library writes.
FORMATS = [
    TEXT,
    OPENMETRICS,
    "text/plain;version=1.0.0;escaping=allow-utf-8",
    "application/openmetrics-text;version=2.0.0;escaping=allow-utf-8",
]
# What a label must not do: end early, begin a line, or be cut within a character.
SPECIAL = st.sampled_from(['"', "\\", "\n", "\r", "{", "}", ",", "#", "\ud800", "\x00", "\u2028", "é", "🦜"])
TEXTS = st.text(st.one_of(SPECIAL, st.characters()), max_size=300)
NUMBERS = st.one_of(st.floats(), st.integers(-(10**20), 10**20), st.booleans().map(float))


class Families(Collector):
    def __init__(self, *families: Metric) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        yield from self._families


@st.composite
def rows_of_a_sweep(draw: st.DrawFn) -> tuple[Definition, tuple[str, str], Rows]:
    definition = draw(st.sampled_from(SWEEP_DEFINITIONS))
    counts = st.lists(st.integers(0, 10**7), min_size=len(definition.buckets) + 1, max_size=len(definition.buckets) + 1)
    durations = st.builds(Durations, counts.map(tuple), st.floats(0, allow_nan=False, allow_infinity=False))
    value = durations if definition.kind == HISTOGRAM else NUMBERS
    labels = st.tuples(*(TEXTS for _ in definition.labels))
    rows = exportable(draw(st.lists(st.tuples(labels, value), max_size=5)))
    return definition, (label_value(draw(TEXTS)), label_value(draw(TEXTS))), rows


@given(rows_of_a_sweep(), st.sampled_from(FORMATS))
def test_the_lines_of_a_sweep_are_those_of_the_library(
    case: tuple[Definition, tuple[str, str], Rows], accept: str
) -> None:
    definition, sweep, rows = case
    encode, _ = choose_encoder(accept)
    header = encode(Families(family(definition, iter(())))).removesuffix(b"# EOF\n")
    text = encode(Families(family(definition, iter([(sweep, rows)])))).removesuffix(b"# EOF\n")
    assert header + SampleLines(definition).encode(sweep, rows) == text


@pytest.mark.parametrize("accept", FORMATS)
def test_a_scrape_has_each_line_that_the_library_writes(accept: str) -> None:
    scraper, sweeps = Scraper(metrics_labels={"label_team": "team"}), tuple(named("digits", "letters"))
    snapshots = [shown(scraper, sweep) for sweep in sweeps]
    library = CollectorRegistry()
    library.register(LibraryFamilies([sweep_rows(snapshot) for snapshot in snapshots], ("label_team",)))
    encode, content_type = choose_encoder(accept)
    scrape = scraper.exposition.scrape(accept)
    assert scrape.content_type == content_type
    own, end = encode(scraper.registry), b"# EOF\n"
    assert scrape.body == own.removesuffix(end) + encode(library)
    assert scrape.body.count(b"hposweep_info{") == 2
    assert scrape.body.count(end) == own.count(end)


@pytest.mark.parametrize("escaping", ["dots", "values"])
def test_names_that_need_no_escaping_stay_as_they_are(escaping: str) -> None:
    scraper = Scraper()
    shown(scraper, next(named("digits")))
    scrape = scraper.exposition.scrape(f"application/openmetrics-text;version=1.0.0;escaping={escaping}")
    assert scrape.content_type.endswith("escaping=underscores")
    assert scrape.body == scraper.exposition.scrape(OPENMETRICS).body


def test_each_metric_has_one_header() -> None:
    scraper = Scraper()
    for sweep in named("digits", "letters", "words"):
        shown(scraper, sweep)
    lines = scraper.exposition.scrape(TEXT).body.decode().splitlines()
    for kind in ("# HELP ", "# TYPE "):
        names = [line.split(" ")[2] for line in lines if line.startswith(kind)]
        assert len(names) == len(set(names)) > len(SWEEP_DEFINITIONS)


def test_a_compressed_scrape_has_the_same_text() -> None:
    scraper = Scraper()
    shown(scraper, next(named("digits")))
    plain, compressed = (scraper.exposition.scrape(TEXT, compress=compress) for compress in (False, True))
    assert (plain.is_compressed, compressed.is_compressed) == (False, True)
    assert gzip.decompress(compressed.body) == plain.body


def test_lines_are_kept_until_the_next_pass() -> None:
    scraper, sweep = Scraper(), next(named("digits"))
    shown(scraper, sweep)
    first, second = lines_of(scraper), lines_of(scraper)
    assert [one is other for one, other in zip(first, second, strict=True)].count(False) == 1, "a timed metric"
    shown(scraper, sweep)
    third = lines_of(scraper)
    assert third == first
    assert not any(one is other for one, other in zip(first, third, strict=True) if one)


def test_a_share_of_time_is_that_of_the_scrape() -> None:
    scraper, (sweep,) = Scraper(), named("digits", budget={"activeDeadlineSeconds": 1000})
    shown(scraper, sweep)
    name, before = "hposweep_budget_used_ratio", scraper.now
    first = scraper.value(name, budget="time")
    scraper.now = before + timedelta(seconds=250)
    assert first is not None
    assert scraper.value(name, budget="time") == pytest.approx(first + 0.25)


def named(*names: str, **spec: object) -> Iterator[Sweep]:
    for name in names:
        yield replace(world.sweep(name, **spec), labels={"team": f'{name} "team"\n'})


def shown(scraper: Scraper, sweep: Sweep) -> Snapshot:
    """Show a sweep with some trials, and return what the metrics know of it."""
    observation = observed(sweep, trial(0, 0.1), trial(1, 0.9), failed(2))
    status = scraper.passes(sweep, observation, "0123456789ab")
    numbers = facts(sweep, observation)
    assert numbers is not None
    return Snapshot(sweep, status, numbers, scraper.now, "0123456789ab", {"label_team": sweep.labels["team"]})


def lines_of(scraper: Scraper) -> list[bytes]:
    return [line for _, lines in scraper.metrics.lines() for line in lines]
