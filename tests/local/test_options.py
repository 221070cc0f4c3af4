"""Options of a run that change what a person gets: a short run, a required tier, a sweep from standard input."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from tests.builders import changed
from tests.local.command import PROGRAM, Command, spaced_sweep
from tests.local.conftest import Runner


def test_a_short_run_is_not_refused_for_its_criteria_and_the_next_one_goes_on(run: Runner) -> None:
    short = run(spaced_sweep(trials=6), arguments=("--trials", "2", "--require", "minimum"))
    assert short.wait() == 3
    assert len(short.trials()) == 2
    assert short.condition("Complete") == ("True", "BudgetReached")
    assert short.condition("MinimumSuccess")[0] == "False"
    whole = run(spaced_sweep(trials=6), arguments=("--require", "minimum"))
    assert whole.wait() == 0
    assert len(whole.trials()) == 6


def test_a_sweep_is_read_from_standard_input(folder: Path) -> None:
    text = yaml.safe_dump(spaced_sweep(trials=2))
    done = subprocess.run(
        [*PROGRAM, "-", "--out", "out"], input=text, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "2 of 2 trials" in done.stdout


def environments(folder: Path, run: Runner, *arguments: str, **environment: str) -> Command:
    """Run four trials of two workers that note their variables; `TOKEN` comes from a Secret of a cluster."""
    source = {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "hub", "key": "token"}}}
    body = spaced_sweep(trials=4, objective={"python": "environment:objective"}, success={})
    body = changed(body, "spec.workers.template.spec.containers.0.env", [source])
    return run(body, arguments=arguments, **environment)


def test_each_worker_gets_its_own_gpu_and_a_secret_comes_from_the_environment(run: Runner, folder: Path) -> None:
    command = environments(folder, run, TOKEN="canary-7", CUDA_VISIBLE_DEVICES="GPU-a,GPU-b")
    assert command.wait() == 0
    notes = {
        (trial["attributes"]["hposweep:worker"], trial["attributes"]["CUDA_VISIBLE_DEVICES"])
        for trial in command.trials()
    }
    assert notes <= {(0, "GPU-a"), (1, "GPU-b")}
    assert notes
    assert {trial["attributes"]["TOKEN"] for trial in command.trials()} == {len("canary-7")}
    assert "canary-7" not in command.text()


def test_a_secret_comes_from_a_file_whose_values_are_never_printed(run: Runner, folder: Path) -> None:
    file = folder / "secrets.env"
    file.write_text("# of the hub\nexport TOKEN='canary-8'\nbroken canary-9\n")
    refused = environments(folder, run, "--env-file", "secrets.env")
    assert refused.wait() == 2
    assert "--env-file: line 3 of secrets.env is not NAME=VALUE" in refused.text()
    file.write_text("# of the hub\nexport TOKEN='canary-8'\n")
    command = environments(folder, run, "--env-file", "secrets.env", CUDA_VISIBLE_DEVICES="")
    assert command.wait() == 0
    assert {trial["attributes"]["TOKEN"] for trial in command.trials()} == {len("canary-8")}
    assert "canary" not in refused.text() + command.text()
    stored = (path for path in command.out.rglob("*.yaml") if path.is_file())
    assert not [path for path in stored if "canary" in path.read_text()]
