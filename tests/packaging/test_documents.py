"""What the documentation says holds: its sweeps are valid, its words exist, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from hposweep.judge.validation import faults
from hposweep.telemetry.metrics import OperatorMetrics
from hposweep.telemetry.sweeps import SweepMetrics
from tests.documents import ROOT, links, pages, sweeps
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
    registry.register(SweepMetrics())
    exposed = set(re.findall(r"^# TYPE (\w+) ", generate_latest(registry).decode(), re.MULTILINE))
    page = (ROOT / "docs/reference/metrics.md").read_text()
    documented = set(re.findall(r"`(hposweep_\w+)`", page))
    assert documented == exposed
