"""The cluster that the demo and the other tests stand on; here in a scratch checkout, to be broken at will."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import binaries, health, image, layout, process
from tests.cluster.layout import NODES
from tests.cluster.machine import Machine
from tests.integration.scratch_checkout import Checkout, daemons, members, remains

REPOSITORY = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(600),
    pytest.mark.skipif(os.geteuid() != 0, reason="namespaces, links and mounts need root"),
]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    path = tmp_path_factory.mktemp("checkout")
    shutil.copytree(REPOSITORY / "tests" / "cluster", path / "tests" / "cluster")
    checkout = Checkout(path)
    yield checkout
    checkout.cluster("down", "--purge")


@pytest.fixture
def running(scratch: Checkout) -> Checkout:
    """The scratch cluster, started unless the test before has left it running."""
    started = scratch.cluster("up")
    assert started.returncode == 0, started.stderr
    return scratch


@pytest.fixture
def namespace(running: Checkout) -> Iterator[str]:
    """A namespace that admits restricted pods only, with one HTTP server on each node behind a Service."""
    name = f"lifecycle-{time.time_ns()}"
    running.kubectl("create", "namespace", name)
    running.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    running.kubectl("apply", "-n", name, "-f", "-", text=json.dumps(servers(running)))
    running.kubectl("rollout", "status", "-n", name, "daemonset/server", "--timeout=60s")
    yield name
    running.kubectl("delete", "namespace", name, "--wait=false")


def servers(checkout: Checkout) -> dict[str, Any]:
    container = {
        "name": "server",
        "image": image.probe(binaries.locate(checkout.layout.cache)).reference(checkout.layout.registry),
        "args": ["serve", ":8080"],
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    pod = {
        "terminationGracePeriodSeconds": 1,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
    }
    labels = {"app": "server"}
    daemons = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "server"},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "server"},
        "spec": {"selector": labels, "ports": [{"port": 80, "targetPort": 8080}]},
    }
    return {"apiVersion": "v1", "kind": "List", "items": [daemons, service]}


def eventually(holds: Callable[[], bool], what: str, timeout_seconds: float = 60) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {timeout_seconds} s: {what}"
        time.sleep(0.2)


def test_up_on_a_running_cluster_says_so_and_changes_nothing(running: Checkout) -> None:
    before = members(running.layout)

    again = running.cluster("up")

    assert again.returncode == 0
    assert "is running" in again.stderr
    assert daemons(running.layout) <= before & members(running.layout)
    assert running.cluster("status").returncode == 0


def test_up_writes_a_lost_kubeconfig_again_without_a_restart(running: Checkout) -> None:
    before = daemons(running.layout)
    running.layout.kubeconfig.unlink()

    assert running.cluster("up").returncode == 0

    assert running.cluster("kubeconfig").stdout.strip() == str(running.layout.kubeconfig)
    assert running.kubectl("get", "--raw", "/readyz") == "ok"
    assert daemons(running.layout) == before


def test_a_restricted_pod_runs_on_each_node(running: Checkout, namespace: str) -> None:
    pods = json.loads(running.kubectl("get", "pods", "-n", namespace, "-o", "json"))["items"]

    assert {pod["spec"]["nodeName"] for pod in pods} == set(NODES)
    assert {pod["status"]["phase"] for pod in pods} == {"Running"}


def test_a_service_name_leads_a_pod_to_the_pods_of_both_nodes(running: Checkout, namespace: str) -> None:
    pods = running.kubectl("get", "pods", "-n", namespace, "-o", "jsonpath={.items[*].metadata.name}").split()
    answered: set[str] = set()

    def asked() -> bool:
        # kube-proxy may refuse for a moment after the pods are ready.
        with contextlib.suppress(AssertionError):
            url = f"http://server.{namespace}.svc.cluster.local"
            answered.add(running.kubectl("exec", "-n", namespace, pods[0], "--", "/probe", "get", url).strip())
        return answered == set(pods)

    eventually(asked, f"answers from {pods}, got {answered}")


def test_each_node_advertises_the_gpus_that_were_asked_for(running: Checkout) -> None:
    path = "jsonpath={.items[*].status.allocatable.nvidia\\.com/gpu}"
    assert running.kubectl("get", "nodes", "-o", path) == "2 2"

    assert running.cluster("gpus", "4").returncode == 0

    assert running.kubectl("get", "nodes", "-o", path) == "4 4"
    assert running.cluster("gpus", "2").returncode == 0


def test_the_environment_names_an_audit_log_that_holds_what_was_written(running: Checkout) -> None:
    name = f"canary-{time.time_ns()}"
    running.kubectl("create", "configmap", name)
    exports = f'eval "$({sys.executable} -m tests.cluster env)"'
    script = f"{exports}; echo $AUDIT_LOG; kubectl config current-context; echo $REGISTRY"

    told = subprocess.run(["sh", "-c", script], cwd=running.path, capture_output=True, text=True, check=True)

    said = told.stdout.splitlines()
    assert said[1:] == ["hposweep", running.layout.registry]
    events = [json.loads(line) for line in Path(said[0]).read_text().splitlines() if name in line]
    assert [(event["verb"], event["user"]["username"]) for event in events] == [("create", "admin")]


def test_a_killed_node_is_seen_as_lost_and_comes_back(running: Checkout, namespace: str) -> None:
    def ready() -> list[str]:
        return health.nodes_not_ready(running.layout)

    assert running.cluster("node-kill", "node-b").returncode == 0
    told = running.cluster("status")
    assert told.returncode == 1
    assert "kubelet on node-b does not run" in told.stderr
    eventually(lambda: ready() == ["node-b"], "node-b is not Ready")

    assert running.cluster("node-start", "node-b").returncode == 0

    eventually(lambda: not ready(), "node-b is Ready again")
    running.kubectl("rollout", "status", "-n", namespace, "daemonset/server", "--timeout=60s")


def test_a_node_that_was_cut_off_is_lost_and_its_pods_run_on(running: Checkout, namespace: str) -> None:
    before = Machine(running.layout, "node-b").init()

    assert running.cluster("node-cut", "node-b").returncode == 0
    eventually(lambda: health.nodes_not_ready(running.layout) == ["node-b"], "node-b is not Ready")
    assert running.cluster("node-heal", "node-b").returncode == 0

    eventually(lambda: not health.nodes_not_ready(running.layout), "node-b is Ready again")
    assert Machine(running.layout, "node-b").init() == before


@pytest.mark.parametrize(("machine", "daemon"), [("control-plane", "kube-apiserver"), ("node-b", "kubelet")])
def test_a_daemon_is_killed_and_started_again_and_nothing_else_is(running: Checkout, machine: str, daemon: str) -> None:
    def programs() -> set[tuple[str, int]]:
        members = Machine(running.layout, machine).daemons.pids()
        return {(name, pid) for pid in members if (name := process.program(pid))}

    def daemons() -> set[tuple[str, int]]:
        """Leave out what a daemon calls and what ends at once, such as the `nft` of kube-proxy."""
        before = programs()
        time.sleep(1)
        return before & programs()

    before = daemons()

    assert running.cluster("restart", machine, daemon).returncode == 0

    eventually(lambda: running.cluster("status").returncode == 0, "every component is well")
    assert {name for name, _ in before - daemons()} == {daemon}
    again = running.cluster("restart", machine, daemon)
    assert again.returncode == 0, "also one that was started again"
    unknown = running.cluster("restart", machine, "no-such-daemon")
    assert "no daemon 'no-such-daemon'" in unknown.stderr
    eventually(lambda: running.cluster("status").returncode == 0, "every component is well again")


def test_status_names_the_log_of_a_dead_component_and_up_cures_it(running: Checkout) -> None:
    daemon = Machine(running.layout, "control-plane").daemons
    victims = [pid for pid in daemon.pids() if b"kube-scheduler" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(victims[0], signal.SIGKILL)
    eventually(lambda: running.cluster("status").returncode == 1, "status ends with 1")

    told = running.cluster("status").stderr

    assert "kube-scheduler on control-plane does not run" in told
    assert str(running.layout.logs("control-plane") / "kube-scheduler.log") in told
    assert running.cluster("up").returncode == 0
    assert running.cluster("status").returncode == 0


def test_up_works_after_every_process_was_killed_and_images_survive(running: Checkout) -> None:
    for pid in members(running.layout):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: not members(running.layout), "every process is gone")

    again = running.cluster("up")

    assert again.returncode == 0, again.stderr
    assert running.cluster("status").returncode == 0
    stored = Machine(running.layout, "node-a").execute(["ctr", "-n", "k8s.io", "images", "list", "-q"])
    assert "/coredns:" in stored


def test_up_works_after_an_up_that_was_killed_half_way(running: Checkout) -> None:
    assert running.cluster("down").returncode == 0
    argv = [sys.executable, "-m", "tests.cluster", "up"]
    with subprocess.Popen(argv, cwd=running.path, stderr=subprocess.DEVNULL) as first:
        eventually(lambda: Machine(running.layout, "control-plane").running(), "the control plane starts")
        first.kill()

    again = running.cluster("up")

    assert again.returncode == 0, again.stderr
    assert running.cluster("status").returncode == 0


def test_down_leaves_nothing_but_images_and_does_not_touch_the_cluster_of_another_checkout(running: Checkout) -> None:
    ours, other = running.layout, layout.of(REPOSITORY)
    assert remains(ours), "a running cluster must show, else this test sees nothing"
    assert ours.octet != other.octet
    before = daemons(other)

    ended = running.cluster("down")

    assert ended.returncode == 0, ended.stderr
    assert remains(ours) == []
    assert daemons(other) == before
    assert not ours.kubeconfig.exists()
    assert running.cluster("status").returncode == 1
    assert (ours.work / "registry" / "storage").exists()
    assert running.cluster("down", "--purge").returncode == 0
    assert not ours.work.exists()


def test_a_machine_that_does_not_exist_is_refused_with_the_names_of_those_that_do(scratch: Checkout) -> None:
    refused = scratch.cluster("node-kill", "node-z")

    assert refused.returncode == 2
    assert all(name in refused.stderr for name in ("node-z", *NODES))
