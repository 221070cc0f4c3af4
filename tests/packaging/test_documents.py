"""What the documentation says holds: its sweeps are valid, its words exist, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from hposweep.judge.validation import faults
from hposweep.telemetry.exposition import Exposition
from hposweep.telemetry.metrics import OperatorMetrics
from hposweep.telemetry.sweeps import SweepMetrics
from tests.documents import ROOT, links, pages, sweeps
from tests.packaging.checkout import CRD
from tests.unit import world

SWEEPS = sweeps()


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [str(target) for target in links(page) if not target.exists()] == []


def test_the_documentation_shows_sweeps() -> None:
    assert len(SWEEPS) >= 3


@pytest.mark.parametrize("body", SWEEPS.values(), ids=SWEEPS.keys())
def test_a_sweep_in_the_documentation_has_no_fault(body: dict[str, Any]) -> None:
    assert faults(world.sweep(**body["spec"]).spec) == ()


def test_every_metric_is_documented_and_every_documented_metric_exists() -> None:
    registry = CollectorRegistry()
    OperatorMetrics(registry)
    sweeps = SweepMetrics()
    registry.register(sweeps)
    text = Exposition(registry, sweeps).scrape("").body.decode()
    exposed = set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE))
    page = (ROOT / "docs/reference/metrics.md").read_text()
    documented = set(re.findall(r"^\| `(hposweep_\w+)`", page, re.MULTILINE))
    assert documented == exposed


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_no_page_waits_for_one_of_two_ends(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"--for=condition=(?:Complete|Failed)\b", text) == [], "it hangs on the other end: wait for Ended"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_no_page_waits_long_for_a_tier_that_may_never_be_reached(page: Path) -> None:
    waits = re.findall(r"--for=condition=\w+Success\b.*", page.read_text())
    assert [wait for wait in waits if "--timeout=5s" not in wait] == []


def test_the_pages_that_show_how_to_wait_wait_for_the_end() -> None:
    for page in ("README.md", "docs/how-to/watch.md"):
        assert "kubectl wait --for=condition=Ended hposweep/" in (ROOT / page).read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/how-to/watch.md"])
def test_the_tables_of_sweeps_have_the_columns_of_the_resource(page: str) -> None:
    (version,) = yaml.safe_load(CRD.read_text())["spec"]["versions"]
    columns = [entry["name"].upper() for entry in version["additionalPrinterColumns"]]
    (header,) = (line.split() for line in (ROOT / page).read_text().splitlines() if line.startswith("NAME "))
    shown = len(header) - 1
    assert header == ["NAME", *columns[:shown]]
    assert shown >= columns.index("AGE")
