"""How long a user waits for the first trial, against a bare Job's pod of the same image on the same cluster."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import pytest

from tests.e2e.figures import Figures
from tests.e2e.patience import until
from tests.e2e.place import Place

pytestmark = pytest.mark.alone

ROUNDS = 5
PROMISED_SECONDS = 1.0  # what a quiet machine shows; printed, since a busy one only adds to it
ALLOWED_SECONDS = 3.0  # no noise explains more
SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


@dataclass(frozen=True, slots=True)
class Steps:
    """Seconds from `apply`: where the time goes."""

    job: float  # the operator has made the Job
    ready: float  # the worker's first line: objective and study are loaded
    running: float  # the first trial is RUNNING in the database


def bare_pod_seconds(place: Place, name: str) -> float:
    """From the request for a Job to the first instruction of its pod's program, by the same machine's clock."""
    container = {
        "name": "trial",
        "image": place.image,
        "command": ["python", "-c", "import time; print(time.time())"],
        "securityContext": SECURITY,
    }
    # No more than a Job needs in this namespace. Like most pods it has a volume (its token), for which a kubelet waits.
    pod = {"restartPolicy": "Never", "containers": [container]}
    path = f"/apis/batch/v1/namespaces/{place.name}/jobs"
    asked = time.time()
    place.server.send("POST", path, {"metadata": {"name": name}, "spec": {"template": {"spec": pod}}})
    said = until(
        lambda: place("logs", f"job/{name}", "--ignore-errors") if _succeeded(place, name) else "",
        seconds=60,
        what=f"the bare pod {name} has run",
    )
    return float(said) - asked


def _succeeded(place: Place, name: str) -> bool:
    path = f"/apis/batch/v1/namespaces/{place.name}/jobs/{name}"
    return bool(place.server.send("GET", path).get("status", {}).get("succeeded"))


def first_trial_seconds(place: Place, name: str) -> Steps:
    """From the request for a sweep to the start of its first trial, as the database has it."""
    sweep = place.sweep(name, seconds=0.0, most=1, replicas=1)
    asked = time.time()
    place.sweeps.create(sweep)
    job = until(lambda: place.jobs(name), seconds=60, what="the Job exists", pause_seconds=0.02)
    made = time.time()
    assert job
    place.until_condition(name, "Complete")
    (trial,) = place.database.trials(place.study(name))
    assert trial.started is not None
    (pod,) = place.pods(name)
    lines = place("logs", pod["metadata"]["name"], "--timestamps").splitlines()
    return Steps(job=made - asked, ready=_seconds(lines[0]) - asked, running=trial.started.timestamp() - asked)


def _seconds(line: str) -> float:
    """When a line was logged; the kubelet writes nanoseconds, which Python does not read."""
    stamp = line.split(" ", 1)[0]
    return datetime.fromisoformat(f"{stamp[:26].rstrip('Z')}+00:00").timestamp()


def test_the_first_trial_starts_soon_after_a_bare_pod_would(place: Place, figures: Figures) -> None:
    # Both images are on both nodes, and the database has its tables, before anything is measured.
    place.apply(place.sweep("warm", most=4))
    place.until_condition("warm", "Complete")
    bare, sweeps = [], []
    for number in range(ROUNDS):
        bare.append(bare_pod_seconds(place, f"bare-{number}"))
        sweeps.append(first_trial_seconds(place, f"first-{number}"))
    extra = median(steps.running for steps in sweeps) - median(bare)
    figures.tell(shown("bare Job, its program runs", bare))
    figures.tell(shown("sweep, its Job exists", [steps.job for steps in sweeps]))
    figures.tell(shown("sweep, its worker is ready", [steps.ready for steps in sweeps]))
    figures.tell(shown("sweep, its first trial is RUNNING", [steps.running for steps in sweeps]))
    figures.tell(f"difference {extra:.2f} s, promised {PROMISED_SECONDS:g} s; load average {os.getloadavg()[0]:.1f}")
    assert extra <= ALLOWED_SECONDS


def shown(what: str, seconds: list[float]) -> str:
    return f"{what}: median {median(seconds):.2f} s of {[round(value, 2) for value in seconds]}"
