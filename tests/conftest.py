"""Settings of all levels of tests: hypothesis, each level's time limit, and what may run side by side.

Property tests have two profiles. `quick` draws the same 50 examples in each run, so that `make check` is repeatable.
`explore` draws new examples in each run and prints how to repeat a failure; `make explore` uses it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests import scheduling
from tests.property_tests import pytest_runtest_call
from tests.stages import SECONDS_PER_TEST

__all__ = ["pytest_runtest_call"]

# No deadline: machines are shared and noisy, and a slow example is no fault.
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# Set by images and workplaces, not on a user's machine. The first hides text that is lost in a buffer.
for variable in ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"):
    os.environ.pop(variable, None)

ROOT = Path(__file__).parent
# `make check` is to end within a minute. These start other programs for each test, or compute for seconds.
PROGRAMS = {"helm", "kubectl", "promtool"}
SLOW_FILES = {
    "packaging/test_analyze_guide.py",
    "packaging/test_argocd.py",
    "packaging/test_distribution.py",
    "packaging/test_images.py",
    "packaging/test_kube_score.py",
    "packaging/test_next_sweep_guide.py",
    "packaging/test_report_guide.py",
    "packaging/test_style.py",
    "unit/analysis/test_bad_input.py",
    "unit/analysis/test_next_space.py",
    "unit/analysis/test_parameters.py",
    "unit/bench/test_analysis_truth.py",
    "unit/bench/test_champions_truth.py",
    "unit/boards/test_drawing.py",
    "unit/cli/analyze/test_command.py",
    "unit/cli/next/test_sweep.py",
    "unit/cli/report/test_files.py",
    "unit/cli/test_analysis_job.py",
    "unit/cli/test_imports.py",
    "unit/database/test_study_reader.py",
    "unit/demo/test_pictures.py",
    "unit/judge/test_oracles.py",
    "unit/levels/test_scheduling.py",
    "unit/levels/test_stages.py",
    "unit/notify/test_egress.py",
    "unit/notify/test_send.py",
    "unit/notify/test_slow_tenants.py",
}
GROUPS = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its level's time limit and the marks by which `stages` divides and keeps together."""
    for item in items:
        level = item.path.relative_to(ROOT).parts[0]
        if item.get_closest_marker("timeout") is None and level in SECONDS_PER_TEST:
            item.add_marker(pytest.mark.timeout(SECONDS_PER_TEST[level]))
        if PROGRAMS & {*getattr(item, "fixturenames", ())} or item.path.relative_to(ROOT).as_posix() in SLOW_FILES:
            item.add_marker(pytest.mark.slow)
        if level == "integration":
            item.add_marker(pytest.mark.apart)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Write the groups before pytest-xdist tells its scheduler that this process has collected: it reads them then."""
    told = getattr(session.config, "workerinput", {})  # pytest-xdist sets it in its processes only
    if scheduling.INPUT in told:
        scheduling.write(Path(told[scheduling.INPUT]), session.items, ROOT)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput[scheduling.INPUT] = str(_groups(node.config))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> scheduling.GroupScheduling | None:
    if config.getvalue("dist") != "loadscope":
        return None
    return scheduling.GroupScheduling(config, log, _groups(config))


def _groups(config: pytest.Config) -> Path:
    """Return the file that the processes of this run share; its folder goes with the run."""
    if GROUPS not in config.stash:
        config.stash[GROUPS] = tempfile.TemporaryDirectory(prefix="hposweep-groups-")
    return Path(config.stash[GROUPS].name, "groups.json")


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(GROUPS, None):
        folder.cleanup()
