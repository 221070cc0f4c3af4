"""Apply the sweeps of the demo and follow them until they end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from demo.console import DemoError, kubectl, read, say

OVERLAY = "examples/digits/overlays/cpu"
POLL_SECONDS = 1.0
LIMIT_SECONDS = 900.0  # without a change; how long all trials take depends on the machine
QUIET_SECONDS = 10.0  # without a new line; after this time the reason for waiting is printed
COLUMNS = "{:>7}  {:<10} {:<8} {:<8} {:>8} {:>7} {:>6} {:>8} {:>7}"


def apply_sweep(namespace: str, name: str, image: str, folder: str = OVERLAY) -> None:
    """Apply the objects of one sweep of the example, with the image that was built."""
    rendered = kubectl("kustomize", folder).replace("hposweep-trial:latest", image)
    documents = [
        part for part in rendered.split("\n---\n") if "kind: HPOSweep" not in part or f"name: {name}\n" in part
    ]
    kubectl("apply", "-n", namespace, "-f", "-", stdin="\n---\n".join(documents))


def ignore(body: Mapping[str, Any]) -> None:
    """Look at a sweep and do nothing."""


def follow(namespace: str, name: str, look: Callable[[Mapping[str, Any]], None] = ignore) -> dict[str, Any]:
    """Print a line for every change until the sweep has ended, and call `look` with it. Return its last status."""
    started = moved = time.monotonic()
    shown: tuple[str, ...] = ()
    told = ""
    say(COLUMNS.format("seconds", "STATE", "VERDICT", "HEALTH", "PROGRESS", "RUNNING", "FAILED", "BEST", "WORKERS"))
    while time.monotonic() - moved < LIMIT_SECONDS:
        body = read("hposweep", name, "-n", namespace)
        status = body.get("status", {})
        look(body)
        now = row(status)
        if now != shown:
            say(COLUMNS.format(f"{time.monotonic() - started:.0f}", *now))
            shown, moved = now, time.monotonic()
        why = wait_reason(status)
        if why not in ("", told) and time.monotonic() - moved >= QUIET_SECONDS:
            say(f"{'':>7}  {why}")
            told = why
        held = {entry["type"]: entry["status"] for entry in status.get("conditions", [])}
        if held.get("Ended") == "True":
            return dict(status)
        time.sleep(POLL_SECONDS)
    raise DemoError(
        f"{name} has not changed for {LIMIT_SECONDS:.0f} s; run kubectl describe hposweep {name} -n {namespace}"
    )


def follow_results(namespace: str, name: str, look: Callable[[Mapping[str, Any]], None]) -> None:
    """Wait until the study of a sweep that has ended is analyzed, or will not be. Call `look` with each change."""
    started = time.monotonic()
    while time.monotonic() - started < LIMIT_SECONDS:
        body = read("hposweep", name, "-n", namespace)
        look(body)
        conditions = {entry["type"]: entry for entry in body.get("status", {}).get("conditions", [])}
        if conditions.get("Analyzed", {}).get("reason") not in ("Pending", "Running"):
            return
        time.sleep(POLL_SECONDS)


def wait_reason(status: dict[str, Any]) -> str:
    """Return the reason why not all workers run, from the sweep's condition; "" if all run."""
    held = {entry["type"]: entry for entry in status.get("conditions", [])}
    workers = held.get("WorkersReady", {})
    return str(workers.get("message", "")) if workers.get("status") == "False" else ""


def row(status: dict[str, Any]) -> tuple[str, ...]:
    """Return the columns of `kubectl get hposweeps`."""
    trials, workers = status.get("trials", {}), status.get("workers", {})
    best = status.get("best", {}).get("value")
    return (
        status.get("state", "Pending"),
        status.get("verdict", ""),
        next((entry["reason"] for entry in status.get("conditions", []) if entry["type"] == "Healthy"), ""),
        status.get("progress", ""),
        str(trials.get("running", 0)),
        str(trials.get("failed", 0)),
        f"{best:.4f}" if best is not None else "",
        f"{workers.get('running', 0)}/{workers.get('desired', 0)}",
    )
