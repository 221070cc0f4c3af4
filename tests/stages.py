"""The levels of tests and the stages in which `make test` runs them; `levels` runs them, `level_report` counts them.

A stage is one run of pytest over the folders of several levels, so that tests which wait fill each other's pauses.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Levels in the order of the table, each with the seconds that one of its tests may take.
SECONDS_PER_TEST = {
    "unit": 60,
    "trial": 120,
    "local": 180,
    "packaging": 300,
    "contract": 120,
    "integration": 600,
    "hostile": 600,
    "e2e": 300,
    "chaos": 1800,
}
ON_THE_CLUSTER = ("e2e", "packaging", "contract")  # the slowest first, so that none is left over
ALONE = "alone or apart"  # marks of pyproject.toml; tests/scheduling.py puts all of the first kind into one process
SHORT_CHAOS = "20"  # faults, each kind at least once; `make chaos` plays twice as many


@dataclass(frozen=True, slots=True)
class Stage:
    """One run of pytest; `processes` of 0 means one test after the other."""

    name: str
    levels: tuple[str, ...]
    processes: int = 0
    markers: str = ""
    needs_cluster: bool = True
    needs_own_cluster: bool = False  # pulls its cables
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, report: Path) -> list[str]:
        """Return the command line; groups keep tests together that share a fixture (tests/scheduling.py)."""
        side_by_side = ["-n", str(self.processes), "--dist", "loadscope", "--no-loadscope-reorder"]
        return [
            *(sys.executable, "-m", "pytest", "-q", f"--junitxml={report}"),
            *(side_by_side if self.processes else ()),
            *(("-m", self.markers) if self.markers else ()),
            *(f"tests/{level}" for level in self.levels),
        ]


# Tests mostly wait for processes and pods, so that more processes than cores keep two cores busy.
STAGES = (
    Stage("without a cluster", ("trial", "local", "unit", "hostile"), processes=3, needs_cluster=False),
    Stage("on the cluster, side by side", ON_THE_CLUSTER, processes=3, markers=f"not ({ALONE})"),
    # The integration tests have a cluster and databases of their own: they go on beside those that run alone.
    Stage("on the cluster, one after the other", (*ON_THE_CLUSTER, "integration"), processes=2, markers=ALONE),
    Stage("chaos", ("chaos",), needs_own_cluster=True, environment={"FAULTS": SHORT_CHAOS}),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One stage that has been run: its seconds by the clock, pytest's exit status, and its report."""

    stage: Stage
    seconds: float
    status: int
    report: Path
