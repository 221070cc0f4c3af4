"""Ask a registry whether it has an image, so that an existing image is neither built nor pushed. Used by `publish`."""

from __future__ import annotations

import http.client
import ipaddress

from images.error import ImageError

TIMEOUT_SECONDS = 10
MANIFESTS = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"


def is_plain(registry: str) -> bool:
    """Return whether to use HTTP, which a registry on this machine or in a private network gets."""
    host = registry.partition("/")[0].rpartition(":")[0] or registry.partition("/")[0]
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return False


def holds(registry: str, name: str, tag: str) -> bool:
    """Return whether `registry/name:tag` exists; False for a registry that requires a login."""
    host, _, prefix = registry.partition("/")
    connect = http.client.HTTPConnection if is_plain(registry) else http.client.HTTPSConnection
    connection = connect(host, timeout=TIMEOUT_SECONDS)
    path = "/".join(part for part in ("/v2", prefix, name, "manifests", tag) if part)
    try:
        connection.request("HEAD", path, headers={"Accept": MANIFESTS})
        return connection.getresponse().status == http.client.OK
    except OSError as error:
        raise ImageError(f"registry {registry} is unreachable ({error}). `make cluster` starts one here") from error
    finally:
        connection.close()
