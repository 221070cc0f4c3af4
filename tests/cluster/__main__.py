"""The verbs: `python3 -m tests.cluster VERB`, from the repository root; the Makefile and the tests call them."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from tests.cluster import binaries, daemon, environment, gpus, health, layout, lifecycle, packages
from tests.cluster.error import ClusterError
from tests.cluster.layout import HOST_NUMBERS, Layout
from tests.cluster.machine import Machine
from tests.cluster.steps import Steps

CHECKOUT = Path(__file__).resolve().parents[2]


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python3 -m tests.cluster", description="A two-node Kubernetes on this machine."
    )
    verbs = found.add_subparsers(dest="verb", required=True)
    verbs.add_parser("up", help="start it, or say that it runs")
    down = verbs.add_parser("down", help="end it and leave nothing behind but the images")
    down.add_argument("--purge", action="store_true", help="delete images and logs as well")
    verbs.add_parser("kubeconfig", help="print the path of the kubeconfig")
    verbs.add_parser("status", help="show every component; exit status 1 if one is missing")
    verbs.add_parser("env", help="print exports for a shell: KUBECONFIG, PATH, REGISTRY, AUDIT_LOG, NODES")
    for verb, meaning in {
        "node-kill": "end all processes of a machine at once, as a power failure would",
        "node-start": "start a killed machine on its old directories",
        "node-cut": "pull a machine's network cable",
        "node-heal": "plug it in again",
    }.items():
        verbs.add_parser(verb, help=meaning).add_argument("machine", choices=list(HOST_NUMBERS))
    restart = verbs.add_parser("restart", help="kill one daemon of a machine and start it again")
    restart.add_argument("machine", choices=list(HOST_NUMBERS))
    restart.add_argument("daemon", help="its name, as `status` shows it")
    verbs.add_parser("gpus", help="advertise nvidia.com/gpu on each node").add_argument("count", type=int)
    verbs.add_parser("kube-score", help="build kube-score, or say nothing if it is there")
    prometheus = verbs.add_parser("prometheus", help="build prometheus and promtool, or say nothing if they are there")
    prometheus.add_argument("--path", action="store_true", help="print the path of prometheus")
    verbs.add_parser("packages", help="install the Debian packages that this machine lacks").add_argument(
        "names", nargs="+"
    )
    return found


def status(cluster: Layout) -> int:
    for each in health.components(cluster):
        print(f"{each.machine:14}{each.name:26}{'running' if each.runs else 'DEAD':9}{each.log}")
    problems = health.problems(cluster)
    for sentence in problems:
        print(sentence, file=sys.stderr)
    return 1 if problems else 0


def act(arguments: argparse.Namespace, cluster: Layout, steps: Steps) -> int:
    match arguments.verb:
        case "up":
            lifecycle.up(cluster, steps)
            steps.say(f"use it: export KUBECONFIG={cluster.kubeconfig}")
        case "down":
            lifecycle.down(cluster, steps, arguments.purge)
        case "kubeconfig":
            print(cluster.kubeconfig)
        case "env":
            print(environment.exports(cluster))
        case "status":
            return status(cluster)
        case "prometheus":
            programs = binaries.ensure(cluster.cache, steps, [binaries.PROMETHEUS])
            if arguments.path:
                print(programs["prometheus"])
        case "kube-score":
            binaries.ensure(cluster.cache, steps, [binaries.KUBE_SCORE])
        case "gpus":
            gpus.advertise(cluster, arguments.count)
        case "restart":
            with daemon.away(Machine(cluster, arguments.machine), arguments.daemon):
                pass
        case verb:
            machine = Machine(cluster, arguments.machine)
            {
                "node-kill": machine.kill,
                "node-start": machine.start,
                "node-cut": machine.cut,
                "node-heal": machine.heal,
            }[verb]()
    return 0


def main() -> int:
    arguments, steps = parser().parse_args(), Steps()
    try:
        if arguments.verb == "packages":
            packages.ensure(tuple(arguments.names), steps)
            return 0
        if arguments.verb == "up":
            lifecycle.require_root()
            packages.ensure(packages.REQUIRED, steps)  # `layout.of` runs `ip`, which a bare Debian lacks
        if arguments.verb == "down" and not shutil.which("ip"):
            steps.say("no cluster has been started on this machine")  # `layout.of` runs `ip`
            return 0
        return act(arguments, layout.of(CHECKOUT), steps)
    except ClusterError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the next `up` or `down` removes what was started", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
