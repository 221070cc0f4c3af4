"""Permissions as a role grants them and as the API server's record shows their use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.e2e.audit import ALLOWED, DENIED, Request

Right = tuple[str, str]  # resource, verb

# A server-side apply of an object that does not exist is recorded as `patch`, but the server asks for `create` as well.
CREATED_BY_APPLY = ("batch/jobs", "create")


def granted_by(role: dict[str, Any]) -> set[Right]:
    return {
        (f"{group}/{resource}".lstrip("/"), verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def denied_in(requests: Iterable[Request]) -> set[Right]:
    """Return what was asked for without a permission."""
    requests = list(requests)
    assert any(request.decision == ALLOWED for request in requests), "the log tells no decisions"
    return {(request.resource, request.verb) for request in requests if request.decision == DENIED}


def used_in(requests: Iterable[Request]) -> set[Right]:
    used = {(request.resource, request.verb) for request in requests}
    return used | {CREATED_BY_APPLY} if ("batch/jobs", "patch") in used else used


def differences(granted: set[Right], used: set[Right]) -> list[str]:
    """Return one sentence for each permission that a role grants for nothing, or lacks."""
    unused = (f"the role grants `{verb} {resource}`, which was not used" for resource, verb in sorted(granted - used))
    lacking = (f"`{verb} {resource}` was used, which the role lacks" for resource, verb in sorted(used - granted))
    return [*unused, *lacking]
