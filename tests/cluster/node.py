"""A machine that runs pods: containerd, kubelet and kube-proxy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cluster import image, proxy
from tests.cluster.binaries import Binaries
from tests.cluster.layout import Layout
from tests.cluster.machine import PODS, Machine

COMPONENTS = ("containerd", "kubelet", "kube-proxy")
UNTIRING = ("containerd", "kube-proxy")  # the kubelet may end and is started again
CNI_PLUGINS = "/usr/lib/cni"
# Bound into the node, because these places are built into the programs: name below the work directory -> place.
BOUND = {"containerd": "/var/lib/containerd", "kubelet": "/var/lib/kubelet", "cni": "/var/lib/cni", "log": "/var/log"}
KEPT = "containerd"  # its images survive a fresh start


def prepare(layout: Layout, binaries: Binaries, name: str) -> None:
    """Write the node's files; of an earlier life only the images stay."""
    folder = layout.directory(name)
    for bound, place in BOUND.items():
        if bound != KEPT:
            shutil.rmtree(folder / bound, ignore_errors=True)
        (folder / bound).mkdir(parents=True, exist_ok=True)
        Path(place).mkdir(parents=True, exist_ok=True)
    registry = folder / "certs.d" / layout.registry
    registry.mkdir(parents=True, exist_ok=True)
    (folder / "cni" / "net.d").mkdir()
    files = {
        "run.sh": _script(layout, binaries, name),
        "containerd.toml": _containerd(layout, binaries, folder),
        f"certs.d/{layout.registry}/hosts.toml": _registry_host(layout),
        "cni/net.d/10-pods.conflist": json.dumps(_pod_network(layout, name)),
        "kubelet.json": json.dumps(_kubelet(layout, name), indent=1),
        "kube-proxy.json": json.dumps(proxy.configuration(layout, name), indent=1),
        # Pods with `dnsPolicy: Default` get this file: a resolver that refuses at once, instead of the host's.
        "resolv.conf": f"nameserver {layout.host_address}\n",
    }
    for path, text in files.items():
        (folder / path).write_text(text)


def _script(layout: Layout, binaries: Binaries, name: str) -> str:
    folder, logs = layout.directory(name), layout.logs(name)
    binds = "\n".join(f"mount --bind {folder}/{bound} {place}" for bound, place in BOUND.items())
    kubelet = (
        f"{binaries['kubelet']} --config={folder}/kubelet.json --kubeconfig={layout.pki}/{name}.kubeconfig"
        f" --hostname-override={name} --node-ip={layout.address(name)}"
    )
    return f"""\
set -eu
echo 1 >/proc/sys/net/ipv4/ip_forward
mount -t tmpfs -o mode=755 tmpfs /run  # sockets, shims, pinned namespaces: private to the node, gone with it
{binds}
mount --make-rshared /  # pods that ask for mount propagation fail without
hostname {name}
containerd --config {folder}/containerd.toml >>{logs}/containerd.log 2>&1 &
# The kubelet ends when containerd is not ready yet; a real node's init restarts it as well.
(while :; do {kubelet} || echo "kubelet ended with $?, starting it again"; sleep 0.5; done) >>{logs}/kubelet.log 2>&1 &
{binaries["kube-proxy"]} --config={folder}/kube-proxy.json >>{logs}/kube-proxy.log 2>&1 &
set +e
while :; do wait -n || sleep 1; done
"""


def _containerd(layout: Layout, binaries: Binaries, folder: Path) -> str:
    cri = 'plugins."io.containerd.grpc.v1.cri"'
    return f"""\
version = 2
[{cri}]
  sandbox_image = "{image.pause(binaries).reference(layout.registry)}"
  restrict_oom_score_adj = true  # without CAP_SYS_RESOURCE no sandbox starts otherwise
  [{cri}.containerd]
    discard_unpacked_layers = true  # a torch image is 6 GB unpacked; the registry has the packed layers
  [{cri}.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [{cri}.containerd.runtimes.runc.options]
      SystemdCgroup = false
  [{cri}.cni]
    bin_dir = "{CNI_PLUGINS}"
    conf_dir = "/var/lib/cni/net.d"
  [{cri}.registry]
    config_path = "{folder}/certs.d"
"""


def _registry_host(layout: Layout) -> str:
    return f"""\
server = "http://{layout.registry}"
[host."http://{layout.registry}"]
  capabilities = ["pull", "resolve"]
"""


def _pod_network(layout: Layout, name: str) -> dict[str, object]:
    """Pod addresses stay visible everywhere: all ranges are routed, nothing is masqueraded."""
    addresses = {
        "type": "host-local",
        "ranges": [[{"subnet": layout.node_pods_subnet(name)}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": "cni0", "isGateway": True, "ipMasq": False, "hairpinMode": True}
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "0.4.0", "name": "pods", "plugins": [{**bridge, "ipam": addresses}, ports]}


def _kubelet(layout: Layout, name: str) -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "cgroupDriver": "cgroupfs",
        # Two kubelets with one root would end each other's pods.
        "cgroupRoot": f"/{Machine(layout, name).group.path}/{PODS}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "address": "0.0.0.0",  # noqa: S104 - an address inside the node's own network namespace
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{layout.pki}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": f"{layout.pki}/{name}.crt",
        "tlsPrivateKeyFile": f"{layout.pki}/{name}.key",
        "clusterDNS": [layout.dns_service],
        "clusterDomain": "cluster.local",
        "resolvConf": f"{layout.directory(name)}/resolv.conf",
        "volumePluginDir": "/var/lib/kubelet/volume-plugins",  # the default lies in the host's /usr
        "maxOpenFiles": 10000,  # below the hard limit of a container
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        # Whoever else fills the shared disk or memory for a moment would else keep all pods away for five minutes.
        "evictionPressureTransitionPeriod": "10s",
        "imageGCHighThresholdPercent": 100,  # the disk is shared with the host: how full it is says nothing about us
        "serializeImagePulls": False,  # a large image must not hold up a small one
        "enforceNodeAllocatable": ["pods"],
        "nodeStatusUpdateFrequency": "2s",
        "nodeLeaseDurationSeconds": 10,
    }
