"""The end of the demo: the verdict, and commands to try next."""

from __future__ import annotations

from typing import Any

from demo.console import kubectl, say


def show(namespace: str, name: str, status: dict[str, Any]) -> None:
    say("\n$ kubectl get hposweeps")
    say(kubectl("get", "hposweeps", "-n", namespace).rstrip())
    say(f"\nConditions of {name}:")
    for entry in status["conditions"]:
        say(f"  {entry['type']:<20} {entry['status']:<8} {entry['reason']:<16} {entry['message']}")
    best = status.get("best")
    if best:
        say(
            f"\nBest trial {best['trial']}: " + ", ".join(f"{key} {value:.6g}" for key, value in best["values"].items())
        )
        for key, value in sorted(best["params"].items()):
            say(f"  {key:<20} {value:.6g}" if isinstance(value, float) else f"  {key:<20} {value}")
    say("\nTry next:")
    for command, purpose in (
        ('eval "$(python3 -m tests.cluster env)"', "kubectl, helm and KUBECONFIG for this shell"),
        (f"kubectl describe hposweep {name} -n {namespace}", "all conditions and events"),
        (
            f"kubectl wait --for=condition=MinimumSuccess hposweep/{name} -n {namespace}",
            "wait for a verdict in a script",
        ),
        (f"kubectl logs -n {namespace} -l hposweep.dev/sweep={name} --tail=5", "logs of the workers"),
        ("kubectl explain hposweep.spec.trials", "explain a field"),
        ("make cluster-down", "shut down the cluster"),
    ):
        say(f"  {command:<75} # {purpose}")


def failed(status: dict[str, Any]) -> str | None:
    """Return the reason why the demo has failed, or None."""
    held = {entry["type"]: entry for entry in status["conditions"]}
    for kind in ("Complete", "MinimumSuccess"):
        if held.get(kind, {}).get("status") != "True":
            return f"{kind} is {held.get(kind, {}).get('status')}: {held.get(kind, {}).get('message')}"
    return None
