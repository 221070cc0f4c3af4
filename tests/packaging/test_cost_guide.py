"""The guide to GPU time says what the operator computes: its own sweep, and the numbers that it shows."""

from __future__ import annotations

import yaml

from hposweep.api.cost import GpuSecondsStatus
from hposweep.api.status import EtaStatus
from hposweep.api.sweep import Sweep
from hposweep.judge.linter import findings
from hposweep.model.gpu_seconds import USES
from hposweep.report.ledger import cost_status, cost_text
from tests.documents import ROOT, sweeps
from tests.unit import world

PAGE = ROOT / "docs" / "how-to" / "cost.md"
TEXT = PAGE.read_text()
STATUS = yaml.safe_load(TEXT.split("```yaml\n")[2].split("```")[0])["status"]
BODY = sweeps()["docs/how-to/cost.md:0"]


def guide_sweep() -> Sweep:
    return world.sweep(**BODY["spec"])


def test_the_sweep_of_the_guide_has_no_finding() -> None:
    assert findings(guide_sweep().spec) == ()


def test_the_numbers_of_the_guide_add_up_and_have_the_price_that_it_says() -> None:
    shown = STATUS["gpuSeconds"]
    parts = [shown[use] for use in ("training", "pull", "start", "idle")] + list(shown["wasted"].values())
    assert sum(parts) == shown["allocated"]
    seconds = GpuSecondsStatus(**shown, time=world.NOON)
    spent = STATUS["cost"]
    left = (spent["forecast"] - spent["amount"]) * 3600 / 2.5 / shown["gpus"]
    cost = cost_status(guide_sweep(), seconds, EtaStatus(round(left), 0, 0))
    assert cost is not None
    assert (cost.amount, cost.currency) == (spent["amount"], spent["currency"])
    assert cost_text(cost) in TEXT


def test_the_table_of_the_guide_has_every_use() -> None:
    rows = [line.split("`")[1].removeprefix("wasted.") for line in TEXT.splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(USES)
