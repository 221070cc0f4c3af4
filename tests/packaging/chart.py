"""Renders the chart and the overlays, and takes away what may differ between the two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.packaging.checkout import CHART, MANIFESTS
from tests.packaging.program import Program

Json = dict[str, Any]
Key = tuple[str, str, str]

NAMESPACE = "hposweep-system"
# For `helm template`, which asks no cluster: a helm that was built from source assumes a version of years ago.
KUBE_VERSION = "1.36"

# Labels by which Helm finds its own objects; kustomize needs none.
RELEASE_LABELS = {
    "app.kubernetes.io/instance",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/version",
    "helm.sh/chart",
}
HOOK = "helm.sh/hook"  # objects of `helm test`
# Helm makes the namespace of a release itself (`--create-namespace`).
ONLY_IN_MANIFESTS = "Namespace"


def template(helm: Program, *arguments: str) -> list[Json]:
    """Return the objects of an installation in the namespace of the manifests, without those of `helm test`."""
    objects = helm.objects(*template_arguments(*arguments))
    return [item for item in objects if HOOK not in item["metadata"].get("annotations", {})]


def pod_of(objects: Iterable[Json]) -> Json:
    """Return the pod template of the operator."""
    (deployment,) = (item for item in objects if item["kind"] == "Deployment")
    return dict(deployment["spec"]["template"])


def template_arguments(*arguments: str) -> tuple[str, ...]:
    return ("template", "hposweep", str(CHART), "--namespace", NAMESPACE, "--kube-version", KUBE_VERSION, *arguments)


def overlay(kubectl: Program, name: str) -> list[Json]:
    """Return the objects of one overlay."""
    return kubectl.objects("kustomize", str(MANIFESTS / "overlays" / name))


def comparable(objects: Iterable[Json]) -> dict[Key, Json]:
    """Return the objects by kind, namespace and name, without labels and annotations that belong to Helm."""
    kept = (_without_release(item) for item in objects if item["kind"] != ONLY_IN_MANIFESTS)
    return {(item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]): item for item in kept}


def _without_release(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_release(item) for item in value]
    if not isinstance(value, dict):
        return value
    cleaned = {key: _without_release(item) for key, item in value.items() if key not in RELEASE_LABELS}
    if cleaned.get("annotations") == {"helm.sh/resource-policy": "keep"}:
        del cleaned["annotations"]
    return cleaned
