"""The verbs of the cluster on a machine that has never had one."""

from __future__ import annotations

import subprocess
import sys

from tests.documents import ROOT


def test_down_has_nothing_to_do_where_no_cluster_can_have_been_started() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.cluster", "down"],
        cwd=ROOT,
        env={"PATH": "/nothing"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "")
    assert "no cluster has been started on this machine" in run.stderr
