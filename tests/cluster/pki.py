"""The cluster's own certificates: one authority, one key pair a component, made anew at each start with openssl."""

from __future__ import annotations

import base64
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.command import run
from tests.cluster.layout import API_PORT, NODES, Layout

VALID_DAYS = "365"
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", VALID_DAYS)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whom a certificate names and what it may be used for."""

    name: str
    subject: str
    usage: str
    alternative_names: tuple[str, ...] = ()


def certificates(layout: Layout) -> list[Certificate]:
    service = "kubernetes.default.svc.cluster.local"
    domains = ["DNS:localhost", *(f"DNS:{'.'.join(service.split('.')[:parts])}" for parts in (1, 2, 3, 5))]
    addresses = [f"IP:{address}" for address in ("127.0.0.1", layout.api_service, layout.api_address)]
    return [
        Certificate("apiserver", "/CN=kube-apiserver", "serverAuth", (*domains, *addresses)),
        Certificate("admin", "/O=system:masters/CN=admin", "clientAuth"),
        Certificate("kubelet-client", "/O=system:masters/CN=kube-apiserver-kubelet-client", "clientAuth"),
        Certificate("controller-manager", "/CN=system:kube-controller-manager", "clientAuth"),
        Certificate("scheduler", "/CN=system:kube-scheduler", "clientAuth"),
        Certificate("proxy", "/CN=system:kube-proxy", "clientAuth"),
        *(
            # Both usages: the kubelet shows it to the API server as a client and serves logs and exec with it.
            Certificate(
                node,
                f"/O=system:nodes/CN=system:node:{node}",
                "clientAuth,serverAuth",
                (f"DNS:{node}", f"IP:{layout.address(node)}"),
            )
            for node in NODES
        ),
    ]


def create(layout: Layout) -> None:
    """Write the authority, all certificates, the token keys, and a kubeconfig beside each client certificate."""
    folder = layout.pki
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    _authority(folder)
    for certificate in certificates(layout):
        _sign(folder, certificate)
        if "clientAuth" in certificate.usage:
            (folder / f"{certificate.name}.kubeconfig").write_text(kubeconfig(layout, certificate.name))
    run(["openssl", "genrsa", "-out", str(folder / "sa.key"), "2048"])
    run(["openssl", "rsa", "-in", str(folder / "sa.key"), "-pubout", "-out", str(folder / "sa.pub")])


def kubeconfig(layout: Layout, name: str) -> str:
    """A self-contained kubeconfig: certificates inside, so that the file may be copied."""

    def inlined(file: str) -> str:
        return base64.b64encode((layout.pki / file).read_bytes()).decode()

    return f"""\
apiVersion: v1
kind: Config
clusters:
- name: hposweep
  cluster:
    server: https://{layout.api_address}:{API_PORT}
    certificate-authority-data: {inlined("ca.crt")}
users:
- name: {name}
  user:
    client-certificate-data: {inlined(f"{name}.crt")}
    client-key-data: {inlined(f"{name}.key")}
contexts:
- name: hposweep
  context:
    cluster: hposweep
    user: {name}
current-context: hposweep
"""


def _authority(folder: Path) -> None:
    extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign,digitalSignature\n"
    config = _config(folder, "ca", extensions)
    files = ["-keyout", str(folder / "ca.key"), "-out", str(folder / "ca.crt")]
    run(["openssl", "req", "-x509", *EC, *config, "-subj", "/CN=hposweep-cluster", *files])


def _sign(folder: Path, certificate: Certificate) -> None:
    extensions = f"basicConstraints=critical,CA:FALSE\nextendedKeyUsage={certificate.usage}\n"
    if certificate.alternative_names:
        extensions += f"subjectAltName={','.join(certificate.alternative_names)}\n"
    config = _config(folder, certificate.name, extensions)
    authority = ["-CA", str(folder / "ca.crt"), "-CAkey", str(folder / "ca.key")]
    files = ["-keyout", str(folder / f"{certificate.name}.key"), "-out", str(folder / f"{certificate.name}.crt")]
    run(["openssl", "req", "-x509", *EC, *config, *authority, "-subj", certificate.subject, *files])


def _config(folder: Path, name: str, extensions: str) -> list[str]:
    """The system's own openssl.cnf would add extensions of its choice, so each request brings its file."""
    path = folder / f"{name}.cnf"
    path.write_text(f"[req]\ndistinguished_name=subject\n[subject]\n[extensions]\n{extensions}")
    return ["-config", str(path), "-extensions", "extensions"]
