"""What runs, what does not, and which log says why: the truth behind `status` and behind the idempotent `up`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster import api, controlplane, node, process, registry
from tests.cluster.error import ClusterError
from tests.cluster.layout import CONTROL_PLANE, NODES, Layout
from tests.cluster.machine import Machine

ABSENT_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Component:
    """One daemon: where it should run, whether it does, and its log."""

    machine: str
    name: str
    runs: bool
    log: Path


def components(layout: Layout) -> list[Component]:
    """Every daemon of the cluster, alive or not."""
    serving = {process.program(pid) for pid in registry.group(layout).pids()}
    log = layout.logs(registry.NAME) / f"{registry.NAME}.log"
    found = [Component("host", registry.NAME, registry.NAME in serving, log)]
    for machine in (CONTROL_PLANE, *NODES):
        programs = Machine(layout, machine).programs()
        names = controlplane.COMPONENTS if machine == CONTROL_PLANE else node.COMPONENTS
        logs = layout.logs(machine)
        found += [Component(machine, name, name in programs, logs / f"{name}.log") for name in names]
    return found


@dataclass(slots=True)
class Watch:
    """Looks on while the cluster starts: a daemon that stays away ends the wait with its own last words."""

    layout: Layout
    _missed: dict[tuple[str, str], float] = field(default_factory=dict)

    def require(self, names: tuple[str, ...]) -> None:
        """Raise when one of these daemons has been missing for longer than its shell needs to start it."""
        now = time.monotonic()
        for component in components(self.layout):
            key = (component.machine, component.name)
            if component.runs or component.name not in names:
                self._missed.pop(key, None)
            elif now - self._missed.setdefault(key, now) > ABSENT_SECONDS:
                raise ClusterError(f"{component.name} on {component.machine} has ended; {_last_words(component.log)}")


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join([f"{log} says:", *(lines[-5:] or ["(nothing)"])])


def nodes_not_ready(layout: Layout) -> list[str]:
    """The nodes that the API server does not know or not see as Ready."""
    listed = api.get(layout, "/api/v1/nodes") or {"items": []}
    ready = {
        item["metadata"]["name"]
        for item in listed["items"]
        for condition in item["status"].get("conditions", [])
        if condition["type"] == "Ready" and condition["status"] == "True"
    }
    return [name for name in NODES if name not in ready]


def problems(layout: Layout) -> list[str]:
    """Sentences; none means that the cluster works."""
    dead = [each for each in components(layout) if not each.runs]
    found = [f"{each.name} on {each.machine} does not run (log: {each.log})" for each in dead]
    if any(each.machine == CONTROL_PLANE for each in dead):
        return found  # the API server has nothing to say, or nobody to say it for
    if not api.ready(layout):
        log = layout.logs(CONTROL_PLANE) / "kube-apiserver.log"
        return [*found, f"the API server at {layout.api_address} is not ready (log: {log})"]
    lost = nodes_not_ready(layout)
    return found + [f"{name} is not Ready (log: {layout.logs(name) / 'kubelet.log'})" for name in lost]
