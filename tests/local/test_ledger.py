"""`hposweep run` counts GPU seconds by the devices that its workers see; these need not exist."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.local.command import spaced_sweep
from tests.local.conftest import Runner

GPU = {"name": "trial", "image": "any", "resources": {"limits": {"nvidia.com/gpu": 1}}}
COST = {"pricePerGpuHour": 3600.0, "currency": "EUR"}


def gpu_sweep(**spec: Any) -> dict[str, Any]:
    workers = {"replicas": 2, "template": {"spec": {"containers": [GPU]}}}
    return spaced_sweep(workers=workers, cost=COST, **spec)


def test_the_seconds_of_all_workers_are_counted_and_priced(run: Runner) -> None:
    command = run(gpu_sweep(trials=12, seconds=0.2), CUDA_VISIBLE_DEVICES="0,1")
    assert command.wait() == 0, command.text()
    status = command.status()
    seconds, cost = status["gpuSeconds"], status["cost"]
    assert (seconds["ended"]["pods"], seconds.get("openPods", 0)) == (2, 0)
    parts = [seconds[use] for use in ("training", "pull", "start", "idle")] + list(seconds["wasted"].values())
    assert sum(parts) == seconds["allocated"]
    assert {trial["attributes"]["hposweep:gpus"] for trial in command.trials()} == {1}
    trained = sum(float(trial["seconds"]) for trial in command.trials())
    assert abs(seconds["ended"]["seconds"]["training"] - trained) < 0.1, "what the trials say themselves"
    begin, end = (datetime.fromisoformat(status[name]) for name in ("startTime", "completionTime"))
    assert trained < seconds["allocated"] <= 2 * ((end - begin).total_seconds() + 2)
    assert cost == {"amount": float(seconds["allocated"]), "currency": "EUR"}
    assert f"{cost['amount']:.2f} EUR" in status["message"]


def test_a_budget_of_gpu_seconds_drains_the_run(run: Runner) -> None:
    limited = gpu_sweep(trials=1000, seconds=0.2, budget={"gpuSeconds": 8}, success={})
    command = run(limited, CUDA_VISIBLE_DEVICES="0,1")
    assert command.wait() == 0, command.text()
    assert command.condition("Complete") == ("True", "GpuBudgetReached")
    assert {trial["state"] for trial in command.trials()} == {"COMPLETE"}, "it was drained"
    assert command.status()["gpuSeconds"]["allocated"] >= 8

    again = run(limited, CUDA_VISIBLE_DEVICES="0,1")
    assert again.wait() == 0, again.text()
    assert "raise `spec.budget.gpuSeconds` to continue it" in " ".join(again.text().split())
    assert again.status()["gpuSeconds"] == command.status()["gpuSeconds"]


def test_without_a_gpu_nothing_is_counted_and_the_run_says_so(run: Runner) -> None:
    command = run(gpu_sweep(trials=2), CUDA_VISIBLE_DEVICES="")
    assert command.wait() == 0, command.text()
    assert not {"gpuSeconds", "cost"} & set(command.status())
    assert "GPU seconds stay 0" in command.text()
