"""What each kind of fault does. `play` calls it in a thread of its own; it returns when the world is healed of it.

All that is killed runs on this machine, in the cluster of this checkout or in the test's own database server.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping

from tests.chaos.network import cut
from tests.chaos.schedule import KINDS, KUBELET_STOP, Fault
from tests.chaos.tolerance import AWAY, PAUSE_SECONDS, insist
from tests.chaos.world import World
from tests.cluster import daemon
from tests.cluster.layout import CONTROL_PLANE, NODES
from tests.cluster.machine import Machine
from tests.e2e import operator_process
from tests.e2e.installation import DEPLOYMENT, NAMESPACE
from tests.e2e.pod_processes import processes

# Each failure of a slot doubles the pause before its next pod. When nearly all trials of a sweep are spent, every fault
# hits its last slot, which would soon keep all others waiting for longer than the test does.
MOST_FAILURES = 2
SUPERVISOR = b"-m\0hpotrial\0"
GRACES = ("1", "5", "30")  # seconds: too short to hand a trial back, just so, and what a template has by default


def play(world: World, fault: Fault) -> str:
    """Returns whom it hit."""
    with world.disturbed(fault.part):
        return ACTS[fault.kind](world, fault)


def _kill_worker(world: World, fault: Fault) -> str:
    pod = world.victim(fault.pick, failures=MOST_FAILURES)
    for process in processes(pod["metadata"]["uid"]):
        if SUPERVISOR in process.command:
            process.kill()
    return str(pod["metadata"]["name"])


def _kill_trial(world: World, fault: Fault) -> str:
    while True:
        running = world.running_trial(fault.pick)
        found = [each for each in processes(running.pod) if each.inner_pid == running.pid and each.command]
        if found:
            world.killed.add((running.study, running.number))
            if found[0].kill():
                return f"trial {running.number}"
        time.sleep(0.1)


def _delete_pod(world: World, fault: Fault) -> str:
    name = str(world.victim(fault.pick, failures=MOST_FAILURES)["metadata"]["name"])
    grace = random.Random(fault.pick).choice(GRACES)
    insist(lambda: world.place("delete", "pod", name, "--wait=false", "--ignore-not-found", f"--grace-period={grace}"))
    return f"{name}, grace {grace} s"


def _evict(world: World, fault: Fault) -> str:
    while True:
        name = str(world.victim(fault.pick)["metadata"]["name"])
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
        path = f"/api/v1/namespaces/{world.place.name}/pods/{name}/eviction"
        try:
            world.server.send("POST", path, eviction)
        except AWAY:  # the API server, or that pod by now
            time.sleep(PAUSE_SECONDS)
        else:
            return name


def _stop_kubelet(world: World, fault: Fault) -> str:
    node = NODES[int(fault.pick * len(NODES))]
    with daemon.away(Machine(world.layout, node), "kubelet"):
        time.sleep(fault.seconds)
    return node


def _kill_operator(world: World, fault: Fault) -> str:
    return insist(lambda: operator_process.kill(world.installation, world.evidence))


def _two_operators(world: World, fault: Fault) -> str:
    def scale(replicas: int) -> None:
        world.place.kubectl("scale", "deployment", DEPLOYMENT, "-n", NAMESPACE, f"--replicas={replicas}")

    insist(lambda: scale(2))
    try:
        time.sleep(fault.seconds)
    finally:
        insist(lambda: scale(1))
    return DEPLOYMENT


def _restart_api_server(world: World, fault: Fault) -> str:
    with daemon.away(Machine(world.layout, CONTROL_PLANE), "kube-apiserver"):
        time.sleep(fault.seconds)
    return CONTROL_PLANE


def _restart_database(world: World, fault: Fault) -> str:
    world.postgres.stop("immediate")
    time.sleep(fault.seconds)
    world.postgres.start()
    return "-m immediate"


def _hang_database(world: World, fault: Fault) -> str:
    with world.postgres.frozen():
        time.sleep(fault.seconds)
    return "SIGSTOP"


def _cut_network(world: World, fault: Fault) -> str:
    pod = world.victim(fault.pick)
    with cut(world.layout, pod["spec"]["nodeName"], pod["status"]["podIP"], world.postgres.port):
        time.sleep(fault.seconds)
    return str(pod["metadata"]["name"])


ACTS: Mapping[str, Callable[[World, Fault], str]] = {
    "worker kill -9": _kill_worker,
    "trial kill -9": _kill_trial,
    "pod delete": _delete_pod,
    "eviction": _evict,
    KUBELET_STOP: _stop_kubelet,
    "operator kill -9": _kill_operator,
    "two operators": _two_operators,
    "API server restart": _restart_api_server,
    "database restart": _restart_database,
    "database away": _restart_database,
    "database hung": _hang_database,
    "network cut": _cut_network,
}
assert ACTS.keys() == KINDS.keys()
