"""The stages of `make test` run each test exactly once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.stages import ALONE, SECONDS_PER_TEST, STAGES

TESTS = Path(__file__).resolve().parents[2]


APART = {"integrations"}  # needs an environment of its own: `make integrations`


def test_every_folder_with_tests_is_a_level() -> None:
    folders = {path.relative_to(TESTS).parts[0] for path in TESTS.rglob("test_*.py")}
    assert folders - APART == set(SECONDS_PER_TEST)


def test_each_level_is_in_one_stage_or_is_divided_by_a_marker_and_its_opposite() -> None:
    for level in SECONDS_PER_TEST:
        markers = {stage.markers for stage in STAGES if level in stage.levels}
        # All integration tests have the mark `apart`.
        allowed = [{ALONE}] if level == "integration" else [{""}, {f"not ({ALONE})", ALONE}]
        assert markers in allowed, level


def test_tests_that_share_a_fixture_or_run_alone_share_a_process() -> None:
    for stage in STAGES:
        command = stage.command(Path("report.xml"))
        assert ("-n" in command) == (stage.processes > 0)
        assert stage.processes == 0 or command[command.index("--dist") + 1] == "loadscope"


def test_the_tests_of_a_file_with_a_fixture_of_its_own_run_in_one_process() -> None:
    command = [sys.executable, "-m", "pytest", "-v", "-n2", "--dist=loadscope", "tests/e2e/test_stop.py"]
    environment = {
        name: value for name, value in os.environ.items() if name != "KUBECONFIG"
    }  # they are skipped at once
    said = subprocess.run(command, cwd=TESTS.parent, env=environment, capture_output=True, text=True, check=True).stdout
    processes = re.findall(r"^\[(gw\d)\].*test_stop.py::", said, re.MULTILINE)
    assert len(processes) >= 4, said
    assert len(set(processes)) == 1, said
