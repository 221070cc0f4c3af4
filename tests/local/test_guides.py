"""The examples of the guides, run as their readers would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import optuna
import pytest
import yaml

from hpotrial.protocol import CHECKPOINT, START, STORAGE_URL_ENV
from tests.documents import ROOT, sweeps
from tests.local.conftest import Runner
from tests.postgres_server import PostgresServer

CHECKLIST_SECONDS = 240  # 100 trials of a fifth of a second
# Stands in for torch's launcher: as many processes as it is asked for, each with its rank.
LAUNCHER = """#!{python}
import os, subprocess, sys
(count,) = (int(word.split("=")[1]) for word in sys.argv if word.startswith("--nproc-per-node="))
ranks = [subprocess.Popen([sys.executable, sys.argv[-1]], env=os.environ | {{"RANK": str(n)}}) for n in range(count)]
sys.exit(max(rank.wait() for rank in ranks))
"""


@pytest.fixture
def guide(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The sweep of a guide, with its `train.py` beside it."""
    page = ROOT / "docs" / "how-to" / f"{request.param}.md"
    blocks = re.findall(r"^```python\n(# train\.py\n.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    for block in blocks[:1]:
        (folder / "train.py").write_text(block)
    bodies = [body for name, body in sweeps().items() if name.startswith(f"docs/how-to/{request.param}.md:")]
    return bodies[-1]


@pytest.mark.parametrize("guide", ["from-optimize"], indirect=True)
def test_a_script_of_plain_optuna_runs_as_a_sweep(run: Runner, guide: dict[str, Any]) -> None:
    command = run(guide)
    assert command.wait() == 0, command.text()
    assert [trial["state"] for trial in command.trials()] == ["COMPLETE"] * 20
    assert command.condition("Ended") == ("True", "Complete")


@pytest.mark.parametrize("guide", ["best-model"], indirect=True)
def test_one_folder_is_left_and_it_is_that_of_the_best_trial(run: Runner, guide: dict[str, Any]) -> None:
    command = run(guide)
    assert command.wait() == 0, command.text()
    (best,) = (trial for trial in command.trials() if trial["number"] == command.status()["best"]["trial"])
    (model,) = (command.out / "checkpoints" / "vision.best-model").glob("*/model.json")
    assert model.parent.name == best["attributes"][CHECKPOINT]
    assert json.loads(model.read_text()) == {"x": best["params"]["x"]}


@pytest.mark.parametrize("guide", ["constraints"], indirect=True)
def test_a_trial_that_breaks_a_constraint_is_never_the_best(run: Runner, guide: dict[str, Any]) -> None:
    command = run(guide)
    assert command.wait() == 0, command.text()
    trials = command.trials()
    infeasible = [trial for trial in trials if trial.get("feasible") is False]
    assert infeasible
    assert {trial["params"]["width"] > 40 for trial in infeasible} == {True}
    feasible = [trial["values"][0] for trial in trials if trial not in infeasible]
    assert command.status()["best"]["value"] == max(feasible)


@pytest.mark.parametrize("guide", ["study-start"], indirect=True)
def test_the_first_trials_are_the_points_of_the_guide(run: Runner, guide: dict[str, Any]) -> None:
    command = run(guide)
    assert command.wait() == 0, command.text()
    trials = sorted(command.trials(), key=lambda trial: trial["number"])
    points = guide["spec"]["study"]["enqueue"]
    assert len(trials) == 12
    for point, trial in zip(points, trials, strict=False):
        assert {name: trial["params"][name] for name in point} == point
    assert [START in trial["attributes"] for trial in trials] == [True] * 3 + [False] * 9
    start = command.status()["studyStart"]
    assert (start["points"], start["finished"], start["waiting"]) == (3, 3, 0)
    assert start["message"] == "3 points of `spec.study.enqueue`"


@pytest.mark.parametrize("guide", ["several-processes"], indirect=True)
def test_the_first_of_several_processes_writes_the_result(run: Runner, guide: dict[str, Any], folder: Path) -> None:
    launcher = folder / "torchrun"
    launcher.write_text(LAUNCHER.format(python=sys.executable))
    launcher.chmod(0o755)
    command = run(guide, PATH=f"{folder}:{os.environ['PATH']}")
    assert command.wait() == 0, command.text()
    for trial in command.trials():
        assert trial["values"][0] == pytest.approx((trial["params"]["lr"] - 0.01) ** 2)


@pytest.mark.parametrize("guide", ["adopting-a-study"], indirect=True)
def test_old_trials_count_against_the_budget(
    run: Runner, guide: dict[str, Any], folder: Path, postgres: PostgresServer
) -> None:
    url = postgres.create_database("old")
    study = optuna.create_study(study_name="my-old-study", storage=url.replace("postgresql:", "postgresql+psycopg2:"))

    def objective(trial: optuna.Trial) -> float:
        x = trial.suggest_float("x", -5, 5)
        if trial.number % 5 == 0:
            raise ValueError("as failed trials do")
        return x**2

    study.optimize(objective, n_trials=25, catch=ValueError)
    (folder / "train.py").write_text('def objective(trial):\n    return trial.suggest_float("x", -5, 5) ** 2\n')
    command = run(guide, **{STORAGE_URL_ENV: url})
    assert command.wait() == 0, command.text()
    assert [trial["number"] for trial in command.trials() if "hposweep:pod" in trial["attributes"]] == [*range(25, 30)]
    assert command.status()["progress"] == "30/30"


@pytest.mark.parametrize("guide", ["history"], indirect=True)
def test_the_history_of_a_run_is_in_its_folder(run: Runner, guide: dict[str, Any], folder: Path) -> None:
    command = run(guide)
    assert command.wait() == 0, command.text()
    program = (*command.program[:-1], "history", "out", "-o", "json")
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
    assert (entries[0]["kind"], entries[-1]["kind"]) == ("Created", "End")
    assert entries[0]["actor"] == "hposweep run"
    assert "Owner vision@example.org. Wider than the last sweep" in entries[0]["message"]
    assert entries[-1]["numbers"]["complete"] == 5
    assert [entry["number"] for entry in command.status()["history"]["entries"]] == [
        entry["number"] for entry in entries
    ]


def test_the_checklist_runs_on_this_machine(run: Runner, folder: Path) -> None:
    example = ROOT / "examples" / "checklist-fixed"
    for source in example.glob("*.py"):
        (folder / source.name).write_text(source.read_text())
    subprocess.run([sys.executable, example / "make_data.py"], check=True, capture_output=True)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    arguments = ("--approve", "read and understood")
    command = run(yaml.safe_load((example / "sweep.yaml").read_text()), arguments=arguments, PATH=path)
    assert command.wait(CHECKLIST_SECONDS) == 0, command.text()
    gates = [command.condition(gate) for gate in ("Accepted", "PreflightPassed", "Approved", "OnTrack")]
    assert gates == [("True", "Valid"), ("True", "Passed"), ("True", "Granted"), ("True", "Continue")]
    assert command.status()["trials"]["finished"] == 100
    assert len(command.status()["preflight"]) > 12


@pytest.mark.parametrize("guide", ["champions"], indirect=True)
def test_the_best_are_trained_again_with_other_values_and_seeds(run: Runner, guide: dict[str, Any]) -> None:
    command = run(guide)
    assert command.wait() == 0, command.text()
    assert command.condition("ChampionsValidated") == ("True", "Validated")
    champions = command.status()["champions"]
    assert (champions["trials"], champions["finished"]) == (6, 6)
    assert champions["overrides"] == {"epochs": 100}
    assert len(command.trials()) == 8  # those of the search alone
    assert {trial["attributes"]["epochs"] for trial in command.trials()} == {3}
