"""Up and down, in order: each step of a start needs the one before it, a stop leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import shutil

from tests.cluster import (
    api,
    binaries,
    controlplane,
    dns,
    gpus,
    health,
    image,
    lock,
    neighbours,
    network,
    node,
    pki,
    registry,
    wait,
)
from tests.cluster.cgroup import Group
from tests.cluster.error import ClusterError
from tests.cluster.layout import CONTROL_PLANE, NODES, Layout
from tests.cluster.machine import Machine
from tests.cluster.steps import Steps

READY_SECONDS = 120  # a start takes about ten; a machine under load may take long


def require_root() -> None:
    if os.geteuid() != 0:
        raise ClusterError("a cluster is made of namespaces, links and mounts: only root can start one")


def up(layout: Layout, steps: Steps) -> None:
    """Start the cluster unless it runs; what a crash has left is removed first. The Debian packages are there."""
    with lock.locked(layout.work / "lock"):
        if layout.started.exists() and not health.problems(layout):
            _write_kubeconfig(layout)
            steps.say(f"the cluster of {layout.checkout} is running")
            return
        built = binaries.ensure(layout.cache, steps)
        if _exists(layout):
            with steps.step("remains of an earlier start removed"):
                remove(layout)
        neighbours.remove_abandoned(layout, steps, remove)
        neighbours.make_room(layout, steps, remove)
        _start(layout, built, steps)
    steps.total(f"{len(NODES)} nodes, DNS, registry {layout.registry}")


def down(layout: Layout, steps: Steps, purge: bool = False) -> None:
    """End the cluster; images stay in the cache directory unless `purge`."""
    with lock.locked(layout.work / "lock"):
        if _exists(layout):
            with steps.step("cluster removed"):
                remove(layout)
        else:
            steps.say(f"no cluster of {layout.checkout} is running")
        if purge:
            with steps.step(f"images and logs removed from {layout.work}"):
                shutil.rmtree(layout.work)


def _exists(layout: Layout) -> bool:
    return Group(layout.cgroup()).exists() or network.exists(layout) or layout.started.exists()


def remove(layout: Layout) -> None:
    layout.started.unlink(missing_ok=True)
    layout.kubeconfig.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        layout.kubeconfig.parent.rmdir()
    everything = Group(layout.cgroup())
    everything.kill()
    everything.remove()
    network.remove(layout)


def _start(layout: Layout, built: binaries.Binaries, steps: Steps) -> None:
    neighbours.sign(layout)
    shutil.rmtree(layout.work / "logs", ignore_errors=True)
    for machine in (CONTROL_PLANE, *NODES):
        layout.logs(machine).mkdir(parents=True)
    with steps.step(f"network {layout.subnet} on bridge {layout.bridge}"):
        network.create(layout)
    with steps.step("certificates"):
        pki.create(layout)
    with steps.step("API server ready"):
        controlplane.prepare(layout, built)
        Machine(layout, CONTROL_PLANE).start()
        watch = health.Watch(layout)
        registry.start(layout, built)
        for each in (image.pause(built), image.coredns(built), image.probe(built)):
            each.push(layout.registry)
        wait.until("the API server is ready", lambda: _api_ready(watch), READY_SECONDS)
    with steps.step(f"{' and '.join(NODES)} Ready"):
        for name in NODES:
            node.prepare(layout, built, name)
            Machine(layout, name).start()
        dns.apply(layout, built)
        wait.until("all nodes are Ready", lambda: _nodes_ready(watch), READY_SECONDS)
        gpus.advertise(layout)
    with steps.step("DNS answers"):
        account = "/api/v1/namespaces/default/serviceaccounts/default"  # no pod is admitted before it exists
        wait.until("the default ServiceAccount exists", lambda: api.get(layout, account) is not None, READY_SECONDS)
        wait.until("CoreDNS is ready", lambda: _dns_ready(watch), READY_SECONDS)
        wait.until("DNS answers", lambda: dns.answers(layout), READY_SECONDS)
    _write_kubeconfig(layout)
    layout.started.touch()


def _write_kubeconfig(layout: Layout) -> None:
    """Also when the cluster runs already: `git clean` may have taken it."""
    text = pki.kubeconfig(layout, "admin")
    if layout.kubeconfig.exists() and layout.kubeconfig.read_text() == text:
        return
    layout.kubeconfig.parent.mkdir(exist_ok=True)
    layout.kubeconfig.touch(mode=0o600)
    layout.kubeconfig.write_text(text)


def _api_ready(watch: health.Watch) -> bool:
    watch.require(("etcd", "kube-apiserver"))
    return api.ready(watch.layout)


def _nodes_ready(watch: health.Watch) -> bool:
    watch.require((*controlplane.COMPONENTS, *node.UNTIRING))
    return not health.nodes_not_ready(watch.layout)


def _dns_ready(watch: health.Watch) -> bool:
    watch.require((*controlplane.COMPONENTS, *node.UNTIRING))
    deployment = api.get(watch.layout, "/apis/apps/v1/namespaces/kube-system/deployments/coredns")
    if deployment is None:
        raise ClusterError("the Deployment kube-system/coredns has gone while it was being started")
    return bool(deployment["status"].get("readyReplicas", 0) == deployment["spec"]["replicas"])
