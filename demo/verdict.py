"""The end of the demo: the verdict, and commands to try next."""

from __future__ import annotations

from typing import Any

from demo import install
from demo.console import kubectl, say, terminal_width
from hposweep.api.status import Status
from hposweep.api.wire import from_wire
from hposweep.report.glance import glance


def show(namespace: str, name: str, status: dict[str, Any]) -> None:
    say(f"\n{name}:")
    for line in glance(from_wire(Status, status), terminal_width()):
        say(line)
    say("\n$ kubectl get hposweeps")
    say(kubectl("get", "hposweeps", "-n", namespace).rstrip())
    say("\nTry next:")
    for command, purpose in (
        ('eval "$(python3 -m tests.cluster env)"', "kubectl, helm and KUBECONFIG for this shell"),
        (f"kubectl describe hposweep {name} -n {namespace}", "all conditions and events"),
        (
            f"kubectl wait --for=condition=Ended hposweep/{name} -n {namespace}",
            "wait for the end in a script, whatever it is",
        ),
        (f"kubectl logs -n {namespace} -l hposweep.dev/sweep={name} --tail=5", "logs of the workers"),
        ("make observe", "metrics: a Prometheus and the boards, at http://127.0.0.1:8090/"),
        (
            f"kubectl port-forward -n {install.NAMESPACE} service/hposweep-operator 8080",
            "its /metrics",
        ),
        ("kubectl explain hposweep.spec.trials", "explain a field"),
        ("make cluster-down", "shut down the cluster"),
    ):
        for line in command_lines(command, purpose, terminal_width()):
            say(line)


def command_lines(command: str, purpose: str, width: int) -> tuple[str, ...]:
    """Return a command and its purpose: in one line where it fits, otherwise the purpose as a comment above it."""
    line = f"  {command:<75} # {purpose}"
    return (line,) if len(line) <= width else (f"  # {purpose}", f"  {command}")


def failed(status: dict[str, Any]) -> str | None:
    """Return the reason why the demo has failed, or None."""
    held = {entry["type"]: entry for entry in status["conditions"]}
    for kind in ("Complete", "MinimumSuccess"):
        if held.get(kind, {}).get("status") != "True":
            return f"{kind} is {held.get(kind, {}).get('status')}: {held.get(kind, {}).get('message')}"
    return None
