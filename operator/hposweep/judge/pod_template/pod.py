"""Fields of the pod itself: the namespaces of the node, its name, sysctls, and who the pod is. Called by `refusals`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.allowed_pods import DEFAULT_ACCOUNT, PodField
from hposweep.judge.pod_template.request import Json, PodRequest, entries, is_set, mapping

# Sysctls with an effect on the pod alone.
SAFE_SYSCTLS = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
)
_OF_THE_NODE = (PodField.HOST_NETWORK, PodField.HOST_PID, PodField.HOST_IPC)
_ACCOUNTS = ("serviceAccountName", "serviceAccount")  # the second is the old name, which still counts


def requests(spec: Json, path: str) -> Iterator[PodRequest]:
    """Yield each request of a pod's spec outside its containers, volumes and profiles."""
    for field in _OF_THE_NODE:
        if is_set(spec.get(field)):
            yield PodRequest(field, f"{path}.{field}", spec[field], "false")
    if is_set(spec.get("nodeName")):
        yield PodRequest(PodField.NODE_NAME, f"{path}.nodeName", spec["nodeName"], "a node that the scheduler chooses")
    for place, sysctl in entries(
        mapping(spec.get("securityContext")).get("sysctls"), f"{path}.securityContext.sysctls"
    ):
        if sysctl.get("name") not in SAFE_SYSCTLS:
            yield PodRequest(PodField.SYSCTLS, f"{place}.name", sysctl.get("name"), ", ".join(SAFE_SYSCTLS))
    if is_set(spec.get("automountServiceAccountToken")):
        place = f"{path}.automountServiceAccountToken"
        yield PodRequest(PodField.SERVICE_ACCOUNT_TOKEN, place, spec["automountServiceAccountToken"], "false")
    for name in _ACCOUNTS:
        if is_set(spec.get(name)):
            yield PodRequest(None, f"{path}.{name}", spec[name], f"`{DEFAULT_ACCOUNT}`")
