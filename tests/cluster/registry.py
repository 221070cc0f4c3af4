"""The image registry: a process on the host at the bridge's address, so that builders and nodes name it alike."""

from __future__ import annotations

import http.client
import json

from tests.cluster import process, wait
from tests.cluster.binaries import Binaries
from tests.cluster.cgroup import Group
from tests.cluster.layout import REGISTRY_PORT, Layout

NAME = "registry"


def group(layout: Layout) -> Group:
    return Group(layout.cgroup(NAME))


def start(layout: Layout, binaries: Binaries) -> None:
    """Start it on the images of earlier lives."""
    folder = layout.work / NAME
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.json"
    config.write_text(json.dumps(_config(layout), indent=1))
    group(layout).create()
    # Without the variable it tries to send traces to a collector that nobody runs.
    environment = {"OTEL_TRACES_EXPORTER": "none"}
    log = layout.logs(NAME) / f"{NAME}.log"
    process.launch([str(binaries[NAME]), "serve", str(config)], group(layout), log, environment)
    wait.until(f"the registry answers at {layout.registry} (log: {log})", lambda: answers(layout), timeout_seconds=60)


def answers(layout: Layout) -> bool:
    connection = http.client.HTTPConnection(layout.registry, timeout=2)
    try:
        connection.request("GET", "/v2/")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _config(layout: Layout) -> dict[str, object]:
    return {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(layout.work / NAME / "storage")}, "delete": {"enabled": True}},
        "http": {"addr": f"{layout.host_address}:{REGISTRY_PORT}"},
    }
