"""`hposweep run` stops when it is enough, and a second run keeps the end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import optuna
import pytest

from hposweep.cli import main
from hpotrial.protocol import driver_url
from tests.builders import best_value
from tests.local.command import Command, spaced_sweep
from tests.local.conftest import Runner
from tests.packaging.checkout import ROOT
from tests.postgres_server import PostgresServer

WORKERS = 2


def test_a_goal_stops_the_run_and_a_second_run_keeps_the_end(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    goal = best_value(less_than=25.0)
    sweep = spaced_sweep(trials=200, stopWhen=[goal], success={"full": [goal]})
    command = run(sweep)
    assert command.wait() == 0
    assert command.condition("Complete") == ("True", "GoalReached")
    assert command.condition("FullSuccess")[0] == "True"
    stopped, command_message = command.status()["stopWhen"], command.status()["message"]
    trials = command.trials()
    assert stopped["rule"] == "stopWhen[0].bestValue"
    assert {trial["state"] for trial in trials} == {"COMPLETE"}, "it was drained"
    assert stopped["trials"] <= len(trials) < 200
    assert "GoalReached" in command.text()

    capsys.readouterr()
    words = ("judge", str(command.file), "--trials", str(command.out / "trials.jsonl"), "-o", "json")
    assert main([*words]) == 0
    assert json.loads(capsys.readouterr().out)["stopWhen"] == stopped, "a replay finds the same trial"

    again = run({**sweep, "spec": {**sweep["spec"], "stopWhen": []}})
    assert again.wait() == 0
    assert again.status()["stopWhen"] == stopped
    assert again.status()["message"] == command_message
    assert again.trials() == trials
    assert "nothing was run" in again.text()


@pytest.mark.parametrize(
    ("rule", "function", "exit_code", "condition"),
    [
        ({"noImprovement": {"trials": 5, "minTrials": 8}}, "objective", 0, ("Complete", "NoImprovement")),
        ({"failedRatio": {"greaterThan": 0.3, "minTrials": 4}}, "failing", 1, ("Failed", "TooManyFailedTrials")),
    ],
    ids=["patience", "failures"],
)
def test_patience_and_failures_stop_the_run(
    run: Runner, rule: dict[str, Any], function: str, exit_code: int, condition: tuple[str, str]
) -> None:
    fixed = {"python": f"spaced:{function}", "fixed": {"seconds": 0.05}}
    command = run(spaced_sweep(trials=300, stopWhen=[rule], objective=fixed))
    assert command.wait() == exit_code
    kind, reason = condition
    assert command.condition(kind) == ("True", reason)
    stopped, trials = command.status()["stopWhen"]["trials"], command.trials()
    assert stopped <= len(trials) < 300
    if kind == "Complete":
        assert len(trials) < stopped + WORKERS, "only those that ran have finished"


def test_an_adopted_study_that_has_reached_the_goal_ends_at_once(run: Runner, postgres: PostgresServer) -> None:
    url = postgres.create_database("reached")
    study = optuna.create_study(study_name="default.spaced", storage=driver_url(url), direction="minimize")
    distribution = optuna.distributions.FloatDistribution(-5.0, 5.0)
    study.add_trial(optuna.create_trial(params={"x": 2.0}, distributions={"x": distribution}, value=0.0))
    sweep = spaced_sweep(trials=10, stopWhen=[best_value(less_than=1.0)])
    sweep["spec"]["study"]["adopt"] = True
    command = run(sweep, arguments=("--storage", url))
    assert command.wait() == 0
    (condition,) = (entry for entry in command.status()["conditions"] if entry["type"] == "Complete")
    assert condition["reason"] == "GoalReached"
    assert condition["message"] == (
        "best loss 0 (trial 0) < 1 after 1 of 10 trials; the study had reached this before, so no worker was started"
    )
    assert len(command.trials()) == 1


def test_the_example_stops_before_its_limit(tmp_path: Path) -> None:
    folder = tmp_path / "stop-early"
    shutil.copytree(ROOT / "examples" / "stop-early", folder)
    command = Command(folder / "sweep.yaml", tmp_path / "out")
    assert command.wait() == 0
    assert command.condition("Complete")[1] in ("GoalReached", "NoImprovement")
    assert len(command.trials()) < 200
