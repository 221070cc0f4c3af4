"""The version of a Secret or ConfigMap is asked for without its content."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from hposweep.cluster.apiserver import METADATA, ApiError
from hposweep.cluster.kubernetes import Kubernetes
from tests.unit import world


@dataclass
class MetadataServer:
    """Answers with one object, or an error."""

    answer: Any
    requests: list[tuple[str, str, str]] = field(default_factory=list)

    async def request(self, verb: str, path: str, *, body: Any = None, accept: str = "") -> Any:
        self.requests.append((verb, path, accept))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def version(answer: Any, kind: str = "Secret") -> tuple[str, list[tuple[str, str, str]]]:
    server = MetadataServer(answer)
    cluster = Kubernetes(server, lambda: world.NOON)  # type: ignore[arg-type]  # the part of it that is used
    return await cluster.object_version("vision", kind, "credentials"), server.requests


@pytest.mark.parametrize(("kind", "plural"), [("Secret", "secrets"), ("ConfigMap", "configmaps")])
async def test_only_metadata_is_asked_for(kind: str, plural: str) -> None:
    text, requests = await version({"metadata": {"uid": "u", "resourceVersion": "41"}}, kind)
    assert text == "u/41"
    assert requests == [("GET", f"/api/v1/namespaces/vision/{plural}/credentials", METADATA)]


async def test_an_absent_object_has_a_version_too_and_an_error_is_none() -> None:
    assert (await version(ApiError(404, "not found")))[0] == ""
    with pytest.raises(ApiError):
        await version(ApiError(500, "no leader"))
