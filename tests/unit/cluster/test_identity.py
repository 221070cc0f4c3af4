"""The cluster and the uid of a sweep, as far as the operator may read them: metadata only, and the cluster's once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hposweep.cluster.apiserver import METADATA, ApiError
from hposweep.cluster.kubernetes import Kubernetes
from hposweep.cluster.local import folder
from hposweep.cluster.local.folder import Folder
from tests.unit import world
from tests.unit.cluster.test_object_version import MetadataServer

SWEEP = "/apis/hposweep.dev/v1alpha1/namespaces/vision/hposweeps/digits"


def kubernetes(answer: Any, *, is_namespaced: bool = False) -> tuple[Kubernetes, MetadataServer]:
    server = MetadataServer(answer)
    return Kubernetes(server, lambda: world.NOON, is_namespaced=is_namespaced), server  # type: ignore[arg-type]  # the part of it that is used


async def test_the_cluster_is_the_uid_of_a_namespace_that_is_never_deleted() -> None:
    cluster, server = kubernetes({"metadata": {"uid": "c1"}})
    assert [await cluster.cluster_id() for _ in range(3)] == ["c1"] * 3
    assert server.requests == [("GET", "/api/v1/namespaces/kube-system", METADATA)]


async def test_an_operator_of_some_namespaces_does_not_ask() -> None:
    cluster, server = kubernetes({"metadata": {"uid": "c1"}}, is_namespaced=True)
    assert await cluster.cluster_id() == ""
    assert server.requests == []


async def test_without_permission_the_cluster_is_unknown_and_is_asked_for_once() -> None:
    cluster, server = kubernetes(ApiError(403, "forbidden"))
    assert [await cluster.cluster_id() for _ in range(2)] == ["", ""]
    assert len(server.requests) == 1


async def test_no_answer_is_no_identity() -> None:
    cluster, server = kubernetes(ApiError(0, "no answer"))
    with pytest.raises(ApiError):
        await cluster.cluster_id()
    server.answer = {"metadata": {"uid": "c1"}}
    assert await cluster.cluster_id() == "c1"


@pytest.mark.parametrize(
    ("answer", "uid"),
    [
        ({"metadata": {"uid": "u"}}, "u"),
        (ApiError(404, "not found"), ""),
        (ApiError(403, "forbidden"), None),
    ],
)
async def test_a_sweep_exists_is_absent_or_may_not_be_read(answer: Any, uid: str | None) -> None:
    cluster, server = kubernetes(answer)
    assert await cluster.sweep_uid("vision", "digits") == uid
    assert server.requests == [("GET", SWEEP, METADATA)]


async def test_a_name_never_leads_to_another_path() -> None:
    cluster, server = kubernetes(ApiError(404, "not found"))
    await cluster.sweep_uid("x/../pods?watch=true", "a#b/c")
    path = "/apis/hposweep.dev/v1alpha1/namespaces/x%2F..%2Fpods%3Fwatch%3Dtrue/hposweeps/a%23b%2Fc"
    assert server.requests == [("GET", path, METADATA)]


def test_a_folder_of_a_run_has_an_identity_that_lasts_beyond_its_deletion(tmp_path: Path) -> None:
    folders = [Folder(tmp_path / name, 0) for name in ("a", "a", "b")]
    first, again, other = (folder.cluster_id("node") for folder in folders)
    assert first == again != other
    assert folders[0].cluster_id("another-node") != first
    assert str(tmp_path) not in first


def test_two_machines_of_one_name_are_two_clusters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, run = tmp_path / "machine-id", Folder(tmp_path / "run", 0)
    monkeypatch.setattr(folder, "MACHINE_ID", file)
    absent = run.cluster_id("node")
    file.write_text("a1\n")
    first = run.cluster_id("node")
    file.write_text("b2\n")
    assert len({absent, first, run.cluster_id("node")}) == 3
    file.write_text("")
    assert run.cluster_id("node") == absent
