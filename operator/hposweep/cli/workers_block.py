"""Complete `spec.workers` for commands that start no pod, so that a file may omit it. Called by `run` and `judge`."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from hposweep.api.names import TRIAL_CONTAINER

NO_IMAGE = "none"


def fill_workers(spec: Any) -> None:
    """Fill in a pod template where there is none, and an image where the worker's container has none."""
    if not isinstance(spec, dict) or not isinstance(spec.setdefault("workers", {}), dict):
        return  # the schema reports it
    spec["workers"].setdefault("template", {"spec": {"containers": [{"name": TRIAL_CONTAINER}]}})
    for container in _trial_containers(spec):
        container.setdefault("image", NO_IMAGE)


def with_images_of(body: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored sweep with the images of `body`, which may change between two runs because none uses them."""
    stored = copy.deepcopy(dict(before))
    for old, new in zip(_trial_containers(stored.get("spec")), _trial_containers(body.get("spec")), strict=False):
        old["image"] = new.get("image")
    return stored


def _trial_containers(spec: Any) -> list[dict[str, Any]]:
    try:
        containers = spec["workers"]["template"]["spec"]["containers"]
        return [container for container in containers if container["name"] == TRIAL_CONTAINER]
    except (KeyError, TypeError):
        return []  # the schema reports it
