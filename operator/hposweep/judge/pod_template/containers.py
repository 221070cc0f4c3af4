"""Fields of containers: privileges, capabilities, ports of the node, `/proc`, hosts of probes. Called by `refusals`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.allowed_pods import PodField
from hposweep.judge.pod_template.request import Json, PodRequest, entries, is_set, mapping

# Capabilities that container runtimes give by default.
DEFAULT_CAPABILITIES = (
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
)
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")
_HANDLERS = ("httpGet", "tcpSocket")
_DEFAULT_PROC_MOUNT = "Default"


def requests(container: Json, path: str) -> Iterator[PodRequest]:
    """Yield each request of one container."""
    context, place = mapping(container.get("securityContext")), f"{path}.securityContext"
    if is_set(context.get("privileged")):
        yield PodRequest(PodField.PRIVILEGED, f"{place}.privileged", context["privileged"], "false")
    if context.get("procMount") not in (None, "", _DEFAULT_PROC_MOUNT):
        yield PodRequest(PodField.PROC_MOUNT, f"{place}.procMount", context["procMount"], _DEFAULT_PROC_MOUNT)
    capabilities = mapping(context.get("capabilities")).get("add")
    for number, name in enumerate(capabilities if isinstance(capabilities, list) else ()):
        if name not in DEFAULT_CAPABILITIES:
            field = f"{place}.capabilities.add[{number}]"
            yield PodRequest(PodField.CAPABILITIES, field, name, ", ".join(DEFAULT_CAPABILITIES))
    for port_path, port in entries(container.get("ports"), f"{path}.ports"):
        if is_set(port.get("hostPort")):
            yield PodRequest(PodField.HOST_PORT, f"{port_path}.hostPort", port["hostPort"], "no port of the node")
    yield from _hosts(container, path)


def _hosts(container: Json, path: str) -> Iterator[PodRequest]:
    """Yield the hosts that the kubelet would connect to in the container's name."""
    actions = {f"{path}.{probe}": container.get(probe) for probe in _PROBES}
    lifecycle = mapping(container.get("lifecycle"))
    actions |= {f"{path}.lifecycle.{hook}": lifecycle.get(hook) for hook in _HOOKS}
    for place, action in actions.items():
        for handler in _HANDLERS:
            host = mapping(mapping(action).get(handler)).get("host")
            if is_set(host):
                yield PodRequest(PodField.PROBE_HOST, f"{place}.{handler}.host", host, "the pod itself, without `host`")
