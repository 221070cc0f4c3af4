"""Volumes that show files of the node, or an identity of the pod. Called by `refusals`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.allowed_pods import PodField
from hposweep.judge.pod_template.request import Json, PodRequest, entries, mapping

_IDENTITIES = (PodField.SERVICE_ACCOUNT_TOKEN, PodField.POD_CERTIFICATE)


def requests(spec: Json, path: str) -> Iterator[PodRequest]:
    """Yield each request of the volumes of a pod."""
    for place, volume in entries(spec.get("volumes"), f"{path}.volumes"):
        if volume.get("hostPath") is not None:
            folder = mapping(volume["hostPath"]).get("path", volume["hostPath"])
            yield PodRequest(PodField.HOST_PATH, f"{place}.hostPath", folder, "another kind of volume")
        sources = mapping(volume.get("projected")).get("sources")
        for source_path, source in entries(sources, f"{place}.projected.sources"):
            for field in _IDENTITIES:
                if source.get(field) is not None:
                    allowed = "configMap, secret, downwardAPI and clusterTrustBundle"
                    yield PodRequest(field, f"{source_path}.{field}", "a source", allowed)
