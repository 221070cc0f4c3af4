"""`hposweep run` passes the same gate as a cluster, with the same findings, and checks again in each run."""

from __future__ import annotations

from pathlib import Path

from tests.documents import sweeps
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


def test_the_sweep_of_the_guide_is_refused_with_the_guide_s_sentence(run: Runner, folder: Path) -> None:
    (folder / "train.py").write_text("def objective(trial):\n    return 1.0\n")
    refused = run(sweeps()["docs/how-to/preflight.md:0"])
    assert refused.wait() == 2
    assert "spec.preflight.paths[0]: `/data/digits` does not exist here" in refused.text()
    rows = {row["check"]: row["outcome"] for row in refused.status()["preflight"]}
    assert (rows["configuration"], rows["objective"], rows["import"]) == ("Passed", "Passed", "Passed")
