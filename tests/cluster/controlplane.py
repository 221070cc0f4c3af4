"""The machine that runs etcd, the API server, the controllers and the scheduler, and routes the host to Services."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cluster import proxy
from tests.cluster.binaries import Binaries
from tests.cluster.layout import API_PORT, CONTROL_PLANE, NODES, Layout
from tests.cluster.machine import Machine

COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
AUDIT_POLICY = Path(__file__).resolve().parent / "audit-policy.yaml"


def prepare(layout: Layout, binaries: Binaries) -> None:
    """Write the machine's script; the database starts empty."""
    machine = Machine(layout, CONTROL_PLANE)
    folder = layout.directory(CONTROL_PLANE)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # kube-proxy insists on a Node that is its own; which one matters for NodePorts alone.
    (folder / "kube-proxy.json").write_text(json.dumps(proxy.configuration(layout, NODES[0]), indent=1))
    machine.script.write_text(_script(layout, binaries, folder))


def _script(layout: Layout, binaries: Binaries, folder: Path) -> str:
    logs = layout.logs(CONTROL_PLANE)
    ready = f"{binaries['kubectl']} --kubeconfig {layout.pki}/admin.kubeconfig get --raw /readyz"

    def daemon(name: str, flags: list[str]) -> str:
        lines = " \\\n  ".join([str(binaries[name]), *flags])
        return f"{lines} \\\n  >>{logs}/{name}.log 2>&1 &\n"

    return f"""\
set -eu
echo 1 >/proc/sys/net/ipv4/ip_forward
hostname {CONTROL_PLANE}
{daemon("etcd", _etcd(folder))}
{daemon("kube-apiserver", _apiserver(layout))}
# A controller manager that starts before the API server's own roles exist ends at once.
until {ready} >/dev/null 2>&1; do sleep 0.1; done
{daemon("kube-controller-manager", _controllers(layout))}
{daemon("kube-scheduler", _scheduler(layout))}
{daemon("kube-proxy", [f"--config={folder}/kube-proxy.json"])}
set +e
while :; do wait -n || sleep 1; done
"""


def _etcd(folder: Path) -> list[str]:
    client, peer = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
    return [
        "--name default",
        f"--data-dir {folder}/etcd",
        f"--listen-client-urls {client}",
        f"--advertise-client-urls {client}",
        f"--listen-peer-urls {peer}",
        f"--initial-advertise-peer-urls {peer}",
        f"--initial-cluster default={peer}",
        "--log-level warn",
        "--unsafe-no-fsync",  # the data need not outlive the machine, and a slow disk must not slow the tests
    ]


def _apiserver(layout: Layout) -> list[str]:
    pki = layout.pki
    return [
        "--etcd-servers=http://127.0.0.1:2379",
        "--bind-address=0.0.0.0",
        f"--secure-port={API_PORT}",
        f"--advertise-address={layout.api_address}",
        f"--service-cluster-ip-range={layout.services_subnet}",
        "--authorization-mode=Node,RBAC",
        # The second is on in OpenShift: it asks for a permission on the owner that an owner reference blocks.
        "--enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement",
        f"--client-ca-file={pki}/ca.crt",
        f"--tls-cert-file={pki}/apiserver.crt",
        f"--tls-private-key-file={pki}/apiserver.key",
        f"--kubelet-client-certificate={pki}/kubelet-client.crt",
        f"--kubelet-client-key={pki}/kubelet-client.key",
        f"--kubelet-certificate-authority={pki}/ca.crt",
        "--kubelet-preferred-address-types=InternalIP",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={pki}/sa.pub",
        f"--service-account-signing-key-file={pki}/sa.key",
        "--allow-privileged=true",
        "--enable-aggregator-routing=true",
        # A lost node's pods are replaced within seconds, so that a test of it takes seconds.
        "--default-not-ready-toleration-seconds=3",
        "--default-unreachable-toleration-seconds=3",
        f"--audit-policy-file={AUDIT_POLICY}",
        f"--audit-log-path={layout.audit_log}",
        "--audit-log-maxsize=10000",  # megabytes: whoever counts in the log must not see it rotated away
    ]


def _controllers(layout: Layout) -> list[str]:
    pki = layout.pki
    return [
        *_client(layout, "controller-manager"),
        f"--service-account-private-key-file={pki}/sa.key",
        f"--root-ca-file={pki}/ca.crt",
        f"--cluster-signing-cert-file={pki}/ca.crt",
        f"--cluster-signing-key-file={pki}/ca.key",
        "--use-service-account-credentials=true",
        # The default of 20 requests a second alone makes the start of the controllers last four seconds.
        "--kube-api-qps=200",
        "--kube-api-burst=400",
        "--node-monitor-period=2s",
        "--node-monitor-grace-period=10s",
    ]


def _scheduler(layout: Layout) -> list[str]:
    return _client(layout, "scheduler")


def _client(layout: Layout, name: str) -> list[str]:
    flags = [f"--{use}kubeconfig={layout.pki}/{name}.kubeconfig" for use in ("", "authentication-", "authorization-")]
    return [*flags, "--leader-elect=false", "--bind-address=127.0.0.1"]
