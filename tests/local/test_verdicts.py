"""Verdicts of `hposweep run` that must not flatter: no result, failures of few trials, changed code, open questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.builders import best_value, trials_finished, without
from tests.local.command import spaced_sweep
from tests.local.conftest import Runner
from tests.trial.builders import until

PRUNES = """
import optuna
def objective(trial):
    trial.suggest_float("x", 0, 1)
    raise optuna.TrialPruned("not feasible: too much memory")
"""
FAILS = """
def objective(trial):
    trial.suggest_float("x", 0, 1)
    raise RuntimeError("DataLoader worker (pid 7) is killed by signal: Bus error. It may be out of shared memory")
"""
FAILS_LATER = """
import pathlib, time
def objective(trial):
    trial.suggest_float("x", 0, 1)
    while trial.number == 11 and not pathlib.Path({file!r}).exists():
        time.sleep(0.05)
    raise RuntimeError("DataLoader worker (pid 7) is killed by signal: Bus error. It may be out of shared memory")
"""
WORKS = """
def objective(trial):
    return trial.suggest_float("x", 0, 1)
"""


def documents(code: str, *, trials: int, **spec: Any) -> list[dict[str, Any]]:
    """A sweep of one worker with this code, and the ConfigMap that holds it."""
    objective = {"python": "code:objective", "sourceRef": {"configMap": {"name": "code"}}}
    workers = {"replicas": 1, "template": {"spec": {"containers": [{"name": "trial", "image": "any"}]}}}
    blocks = {"objective": objective, "workers": workers, "success": {"minimum": [trials_finished(1)]}}
    return [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "code"}, "data": {"code.py": code}},
        without(spaced_sweep("verdicts", trials=trials, **(blocks | spec)), "spec.searchSpace"),
    ]


def test_a_sweep_of_pruned_trials_fails_with_their_reason_and_keeps_its_verdict(run: Runner) -> None:
    first = run(*documents(PRUNES, trials=3))
    assert first.wait() == 1
    assert first.condition("Failed") == ("True", "NoTrialCompleted")
    assert first.condition("Healthy") == ("False", "NoTrialCompleted")
    message = first.status()["message"]
    assert message.startswith("no trial completed: all 3 trials were pruned")
    assert "not feasible: too much memory" in message
    assert {trial["attributes"]["hposweep:pruned_because"] for trial in first.trials()} == {
        "not feasible: too much memory"
    }
    logs = "".join(log.read_text() for log in (first.out / "logs").iterdir())
    assert "trial 0 PRUNED: not feasible: too much memory in " in logs
    again = run(*documents(PRUNES, trials=3))
    assert again.wait() == 1
    assert again.condition("Healthy") == first.condition("Healthy")
    assert "fix the cause, then raise `spec.trials.max`" in " ".join(again.text().split())


def test_failed_trials_spend_the_budget_and_fixed_code_continues(run: Runner) -> None:
    """Five equal failures open the circuit breaker as well, which the next run closes."""
    first = run(*documents(FAILS, trials=5))
    assert first.wait() == 1
    assert first.condition("Failed") == ("True", "NoTrialCompleted")
    assert first.status()["trials"]["failures"] == {"SharedMemory": 5}
    assert "at `/dev/shm`" in " ".join(first.text().split())
    fixed = run(*documents(WORKS, trials=8))
    assert fixed.wait() == 0
    assert [trial["state"] for trial in fixed.trials()] == ["FAIL"] * 5 + ["COMPLETE"] * 3


def test_a_worker_with_changed_code_does_not_accuse_its_node(run: Runner, tmp_path: Path) -> None:
    """Its last trial waits until a pass has judged the five before, because an ended sweep is judged as a whole."""
    assert run(*documents(WORKS, trials=6)).wait() == 0
    may_end = tmp_path / "may-end"
    changed = run(*documents(FAILS_LATER.format(file=str(may_end)), trials=12))
    until(
        lambda: "and the code changed since trial 5" in " ".join(changed.text().split()), "its finding names the code"
    )
    may_end.touch()
    assert changed.wait() == 0
    assert "kubectl delete pod" not in " ".join(changed.text().split())


def test_a_finished_sweep_that_is_run_again_stays_healthy(run: Runner) -> None:
    assert run(*documents(WORKS, trials=3)).wait() == 0
    again = run(*documents(WORKS, trials=3))
    assert again.wait() == 0
    assert again.condition("Healthy") == ("True", "Healthy")


def test_a_question_that_the_end_overtakes_is_told(run: Runner) -> None:
    point = {
        "name": "half",
        "at": {"trials": 2},
        "rules": [{"when": best_value(less_than=-1.0), "then": "Continue"}],
        "otherwise": "Ask",
        "ask": {"deadlineSeconds": 3600, "default": "Stop"},
    }
    command = run(*documents(WORKS, trials=4, decisionPoints=[point]))
    assert command.wait() == 0
    text = " ".join(command.text().split())
    assert "Warning Unanswered" in text
    assert text.count("The sweep ended before it was answered") == 2, "the event, and the end of the run"
