"""The requests of a spec's pod templates that no setting of the operator allows, each as one sentence.

Called by `judge`, which closes the gate `Accepted` for them, and by `cli.validate`, which warns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hposweep.allowed_pods import ACCOUNTS_VARIABLE, FIELDS_VARIABLE, AllowedPods
from hposweep.api.conditions import TEMPLATE_NOT_ALLOWED
from hposweep.api.spec import Spec
from hposweep.judge.pod_template import containers, pod, profiles, volumes
from hposweep.judge.pod_template.request import Json, PodRequest, entries, mapping
from hposweep.model.observation import Fault
from hposweep.text import count, printable, truncate

_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_MAX_VALUE = 60  # characters of a value in a sentence


@dataclass(frozen=True, slots=True)
class PodRefusal:
    """The requests of a spec for one name of a setting. `path` is the first field, and `message` names it."""

    path: str
    message: str


def faults(spec: Spec, allowed: AllowedPods) -> tuple[Fault, ...]:
    """Return the refusals as faults of the spec. None is final: another setting of the operator ends it."""
    return tuple(Fault(TEMPLATE_NOT_ALLOWED, refusal.message) for refusal in refusals(spec, allowed))


def refusals(spec: Spec, allowed: AllowedPods) -> tuple[PodRefusal, ...]:
    """Return one refusal for each name of a setting, with the first field that asks for it."""
    by_name: dict[str, list[PodRequest]] = {}
    for path, template in _templates(spec):
        for request in requests(template, path):
            if not _is_allowed(request, allowed):
                by_name.setdefault(_name(request), []).append(request)
    return tuple(_refusal(requests) for requests in by_name.values())


def requests(template: Json, path: str) -> Iterator[PodRequest]:
    """Yield each request of a pod template that needs a setting."""
    spec, place = mapping(template.get("spec")), f"{path}.spec"
    yield from pod.requests(spec, place)
    yield from profiles.requests(mapping(spec.get("securityContext")), f"{place}.securityContext")
    yield from volumes.requests(spec, place)
    for name in _CONTAINERS:
        for container_path, container in entries(spec.get(name), f"{place}.{name}"):
            yield from containers.requests(container, container_path)
            yield from profiles.requests(mapping(container.get("securityContext")), f"{container_path}.securityContext")
    yield from profiles.annotation_requests(mapping(template.get("metadata")), f"{path}.metadata")


def _templates(spec: Spec) -> Iterator[tuple[str, Json]]:
    """Yield path and value of each pod template of a spec."""
    yield "spec.workers.template", spec.workers.template
    if spec.champions is not None and spec.champions.template is not None:
        yield "spec.champions.template", spec.champions.template


def _is_allowed(request: PodRequest, allowed: AllowedPods) -> bool:
    if request.field is None:
        return allowed.has_account(str(request.value))
    return request.field in allowed.fields


def _name(request: PodRequest) -> str:
    return request.field.value if request.field is not None else printable(str(request.value))


def _refusal(requests: list[PodRequest]) -> PodRefusal:
    first, name = requests[0], truncate(_name(requests[0]), _MAX_VALUE)
    others = f", and {count(len(requests) - 1, 'further field')}" if len(requests) > 1 else ""
    variable = FIELDS_VARIABLE if first.field is not None else ACCOUNTS_VARIABLE
    value = truncate(printable(str(first.value)), _MAX_VALUE)
    what = "field" if first.field is not None else "service account"
    message = (
        f"`{first.path}`{others}: the operator does not allow this {what} (got `{value}`; allowed: {first.allowed}). "
        f"Remove it, or ask your administrator to add `{name}` to the operator's `{variable}`"
    )
    return PodRefusal(first.path, message)
