"""`hposweep run` passes the same gate as a cluster, with the same findings, and checks again in each run."""

from __future__ import annotations

from pathlib import Path

from tests.local.command import spaced_sweep
from tests.local.conftest import Runner


def test_a_failed_check_keeps_a_run_from_starting_until_it_is_fixed(run: Runner, folder: Path) -> None:
    data = folder / "digits"
    sweep = spaced_sweep(trials=3, preflight={"paths": [{"path": str(data), "minFiles": 1}]})
    refused = run(sweep)
    assert refused.wait() == 2
    assert f"spec.preflight.paths[0]: `{data}` does not exist" in refused.text()
    assert "then run the same command again" in refused.text()
    assert "kubectl" not in refused.text()
    rows = refused.status()["preflight"]
    assert [row["outcome"] for row in rows].count("Failed") == 1
    assert refused.status()["state"] == "Checking"

    data.mkdir()
    (data / "0.png").write_bytes(b"x")
    fixed = run(sweep)
    assert fixed.wait() == 0
    assert fixed.condition("PreflightPassed") == ("True", "Passed")
    assert len(fixed.trials()) == 3
