"""Images of a single static program, put into the registry by its own protocol: no builder, no Dockerfile, no base."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import platform
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.binaries import Binaries
from tests.cluster.error import ClusterError

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"  # not compressed: the registry is on this machine
USER = "65532:65532"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Image:
    """One program as an image; its tag is the key of the program's build, so the same tag is the same content."""

    name: str
    tag: str
    program: Path

    def reference(self, registry: str) -> str:
        return f"{registry}/{self.name}:{self.tag}"

    def push(self, registry: str) -> None:
        """Upload what the registry lacks."""
        manifest_path = f"/v2/{self.name}/manifests/{self.tag}"
        if _ask(registry, "HEAD", manifest_path)[0] == http.client.OK:
            return
        layer = self._layer()
        config = json.dumps(
            {
                "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
                "os": "linux",
                "config": {"Entrypoint": [f"/{self.program.name}"], "User": USER},
                "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
            }
        ).encode()
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": _descriptor(CONFIG_TYPE, config),
            "layers": [_descriptor(LAYER_TYPE, layer)],
        }
        for blob in (layer, config):
            self._upload(registry, blob)
        _expect(registry, "PUT", manifest_path, json.dumps(manifest).encode(), MANIFEST_TYPE)

    def _layer(self) -> bytes:
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as archive:
            entry = tarfile.TarInfo(self.program.name)  # times and owners are zero: equal content, equal digest
            entry.size, entry.mode = self.program.stat().st_size, 0o755
            with self.program.open("rb") as source:
                archive.addfile(entry, source)
        return stream.getvalue()

    def _upload(self, registry: str, blob: bytes) -> None:
        digest = _digest(blob)
        if _ask(registry, "HEAD", f"/v2/{self.name}/blobs/{digest}")[0] == http.client.OK:
            return
        location = _expect(registry, "POST", f"/v2/{self.name}/blobs/uploads/", b"")
        path = location.partition(registry)[2] or location
        _expect(registry, "PUT", f"{path}{'&' if '?' in path else '?'}digest={digest}", blob)


def pause(binaries: Binaries) -> Image:
    """What holds a pod's namespaces open."""
    return Image("pause", binaries.key("pause"), binaries["pause"])


def probe(binaries: Binaries) -> Image:
    """What tests run in a pod when they need a server, a client or a sleeper and nothing else."""
    return Image("probe", binaries.key("probe"), binaries["probe"])


def coredns(binaries: Binaries) -> Image:
    return Image("coredns", binaries.key("coredns"), binaries["coredns"])


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"


def _descriptor(media_type: str, blob: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "digest": _digest(blob), "size": len(blob)}


def _expect(registry: str, method: str, path: str, body: bytes, content_type: str = "application/octet-stream") -> str:
    """Return the Location that a successful answer names."""
    status, location, text = _ask(registry, method, path, body, content_type)
    if status not in (http.client.CREATED, http.client.ACCEPTED):
        raise ClusterError(
            f"registry {registry}: {method} {path.partition('?')[0]} was answered {status}: {text[:200]}"
        )
    return location


def _ask(
    registry: str, method: str, path: str, body: bytes | None = None, content_type: str = ""
) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(registry, timeout=TIMEOUT_SECONDS)
    try:
        headers = {"Content-Type": content_type} if content_type else {"Accept": MANIFEST_TYPE}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location", ""), answer.read().decode(errors="replace")
    except OSError as error:
        raise ClusterError(f"registry {registry} cannot be reached: {error}") from error
    finally:
        connection.close()
