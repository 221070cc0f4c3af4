"""Killing the operator as a crash of its machine would: no signal that it could act on, and nothing tidied up."""

from __future__ import annotations

from tests.e2e.evidence import Evidence
from tests.e2e.installation import NAMESPACE, Installation
from tests.e2e.patience import until
from tests.e2e.pod_processes import processes

COMMAND = b"python\0-m\0hposweep\0"
APPEAR_SECONDS = 60


def kill(installation: Installation, evidence: Evidence) -> str:
    """SIGKILL the process as soon as there is one, and drop its pod, so that no back-off delays the next."""
    pod = until(lambda: _running(installation), seconds=APPEAR_SECONDS, what="an operator runs")
    evidence.read_log(NAMESPACE, f"pod/{pod['metadata']['name']}")
    for process in processes(pod["metadata"]["uid"]):
        if COMMAND in process.command:
            process.kill()
    installation.kubectl("delete", "pod", pod["metadata"]["name"], "-n", NAMESPACE, "--grace-period=0", "--force")
    return str(pod["metadata"]["uid"])


def _running(installation: Installation) -> dict | None:
    for pod in installation.pods():
        states = [status["state"] for status in pod["status"].get("containerStatuses", [])]
        if "deletionTimestamp" not in pod["metadata"] and any("running" in state for state in states):
            return pod
    return None
