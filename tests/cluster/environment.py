"""What a shell needs to use the cluster, as lines for `eval`."""

from __future__ import annotations

import shlex

from tests.cluster import binaries
from tests.cluster.layout import NODES, Layout


def exports(layout: Layout) -> str:
    values = {
        "KUBECONFIG": str(layout.kubeconfig),
        "REGISTRY": layout.registry,
        "AUDIT_LOG": str(layout.audit_log),
        "NODES": " ".join(NODES),
    }
    lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    # A proxy that this shell uses does not know our addresses.
    for name in ("NO_PROXY", "no_proxy"):
        lines.append(f'export {name}="{layout.subnet}${{{name}:+,${name}}}"')
    # PATH last and in double quotes: the shell fills in its own.
    return "\n".join([*lines, f'export PATH="{binaries.locate(layout.cache).path}:$PATH"'])
