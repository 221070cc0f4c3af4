"""The way between one pod and one port, swallowed without a word: neither side is told that nothing arrives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.cluster.command import run
from tests.cluster.layout import Layout


@contextmanager
def cut(layout: Layout, node: str, address: str, port: int) -> Iterator[None]:
    """By rules inside the node's own network namespace: no firewall of this machine changes."""
    inside = ["nsenter", f"--net=/run/netns/{layout.namespace(node)}", "iptables", "-w", "5"]
    rules = [
        ["FORWARD", "-p", "tcp", "-s", address, "--dport", str(port), "-j", "DROP"],
        ["FORWARD", "-p", "tcp", "-d", address, "--sport", str(port), "-j", "DROP"],
    ]
    set_up: list[list[str]] = []
    try:
        for rule in rules:
            run([*inside, "-I", *rule])
            set_up.append(rule)
        yield
    finally:
        for rule in set_up:
            run([*inside, "-D", *rule], may_fail=True)
