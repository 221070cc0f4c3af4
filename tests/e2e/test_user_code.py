"""Code and scripts as people bring them, in real pods: arguments, printed metrics, tuples, and nothing but failures."""

from __future__ import annotations

import pytest

from tests.e2e.patience import until
from tests.e2e.place import CODE, Json, Place

SCRIPT = "/hposweep/source/user_code.py"


def command(*arguments: str, **fields: object) -> Json:
    return {"command": ["python", SCRIPT, *arguments], "sourceRef": {"configMap": {"name": CODE}}, **fields}


@pytest.fixture(scope="module")
def started(shared: Place) -> Place:
    """All sweeps of this file, side by side."""
    metric = {"name": "loss", "pattern": r"val_loss=([0-9.eE+-]+)"}
    arguments = shared.sweep("arguments", most=4, replicas=1)
    arguments["spec"]["objective"] = command("$(HPO_ARGS)", metrics=[metric])
    parameter = shared.sweep("parameter", most=4, replicas=1)
    parameter["spec"]["objective"] = command("--x", "$(HPO_PARAM_X)", metrics=[metric])
    tuples = shared.sweep("tuples", python="user_code:tuples", most=12)
    del tuples["spec"]["searchSpace"], tuples["spec"]["objective"]["fixed"]
    shared.apply(
        shared.sweep("nothing", python="failing:without_data", most=3, replicas=1), arguments, parameter, tuples
    )
    return shared


def test_tuples_survive_the_pod_that_asked_for_them(started: Place) -> None:
    """Each worker compares the choices of its code with what the database has kept."""
    started.until_trials("tuples", COMPLETE=1)
    pod = until(lambda: started.running_pods("tuples"), seconds=60, what="a worker of tuples runs")[0]
    started("delete", "pod", pod["metadata"]["name"], "--wait=false")
    started.until_condition("tuples", "Complete", reason="BudgetReached")
    counts = started.database.counts(started.study("tuples"))
    assert counts["COMPLETE"] == 12, counts
    assert pod["metadata"]["uid"] not in {
        trial.attributes["hposweep:uid"] for trial in started.database.trials(started.study("tuples"))[-1:]
    }


@pytest.mark.parametrize("name", ["arguments", "parameter"])
def test_parameters_reach_the_command_line_and_the_value_is_read_from_its_output(started: Place, name: str) -> None:
    started.until_condition(name, "Complete", reason="BudgetReached")
    best = started.status(name)["best"]
    expected = (best["params"]["x"] - 2) ** 2 + 1
    assert best["value"] == pytest.approx(expected, rel=1e-4)  # the status has six digits of each


def test_a_sweep_of_failures_alone_is_failed(started: Place) -> None:
    failed = started.until_condition("nothing", "Failed", reason="NoTrialCompleted")
    assert "3" in failed["message"]
    conditions = started.conditions("nothing")
    assert conditions["Healthy"]["status"] == "False"
    assert conditions["Complete"]["status"] == "False"
    assert started.status("nothing")["state"] == "Failed"


def test_one_wait_serves_both_ends(started: Place) -> None:
    wait = ("wait", "--timeout=150s", "--for=condition=Ended")
    for name in ("arguments", "nothing"):
        assert "condition met" in started(*wait, f"hposweep/{name}")


def test_the_list_shows_verdict_and_health(started: Place) -> None:
    for name in ("arguments", "nothing"):
        started.until_condition(name, "Ended")
    lines = started("get", "hpo").splitlines()
    header = lines[0].split()
    assert {"VERDICT", "HEALTH"} <= set(header)
    line = next(line for line in lines if line.startswith("nothing "))
    assert "Failed" in line.split()
