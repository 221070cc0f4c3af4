"""kube-proxy's configuration, on nodes and on the control plane, which is the host's way to Service addresses."""

from __future__ import annotations

from tests.cluster.layout import Layout


def configuration(layout: Layout, node: str) -> dict[str, object]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": f"{layout.pki}/proxy.kubeconfig"},
        # Who comes from elsewhere (the host) is masqueraded, so that answers find their way back.
        "clusterCIDR": layout.pods_subnet,
        "hostnameOverride": node,
        "metricsBindAddress": "127.0.0.1:10249",
        "healthzBindAddress": "127.0.0.1:10256",
        "conntrack": {"maxPerCore": 0, "min": 0},  # the setting belongs to the host and cannot be written here
    }
