"""The subject of an approval, as hashes that stay the same as long as it does. Called by `judge.approval`.

A hash leaves out fields with their default, so that a field of a later release revokes no approval.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from hposweep.api.approval import ApprovedSubject
from hposweep.api.names import TRIAL_CONTAINER
from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.text import truncate_start

DIGEST_CHARACTERS = 12  # 48 bits: a person compares them, and a collision within one sweep gains nothing
MAX_IMAGE_DIGESTS = 16  # by the schema; the latest ones
MAX_IMAGE_CHARACTERS = 512  # by the schema; its end has tag and digest
_PINNED = "@sha256:"


def subject_of(sweep: Sweep, observation: Observation, known_digests: tuple[str, ...]) -> ApprovedSubject:
    """Return what runs, with the image digests that are known from before and those that pods show now."""
    spec = sweep.spec
    containers = spec.workers.template["spec"]["containers"]
    image = next((str(entry["image"]) for entry in containers if entry["name"] == TRIAL_CONTAINER), "")
    image = truncate_start(image, MAX_IMAGE_CHARACTERS)
    pods = (*observation.preflight.pods, *observation.baseline_trial.pods, *observation.search.pods)
    current = () if _PINNED in image else tuple(sorted({pod.image for pod in pods if pod.image}))
    return ApprovedSubject(
        search_space=_hash(spec.search_space),
        objective=_hash(spec.objective),
        image=image,
        source=observation.source_digest,
        image_digests=tuple(dict.fromkeys((*known_digests, *current)))[-MAX_IMAGE_DIGESTS:],
    )


def digest_of(subject: ApprovedSubject) -> str:
    """Return the digest that a grant names."""
    return _hash(subject)


def _hash(value: Any) -> str:
    text = json.dumps(_canonical(value), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_CHARACTERS]


def _canonical(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        items = ((entry.name, getattr(value, entry.name), _default(entry)) for entry in fields(value))
        return {name: _canonical(item) for name, item, default in items if item != default}
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    return value


def _default(entry: Field[Any]) -> Any:
    return entry.default_factory() if entry.default_factory is not MISSING else entry.default
