"""The ConfigMap of an analysis: created once, and one of another owner is left alone."""

from __future__ import annotations

import pytest

from hposweep.cluster.apiserver import ApiError
from hposweep.cluster.protocol import RefusedError
from hposweep.model.plan import CreateConfigMap
from tests.unit import world
from tests.unit.cluster.test_kubernetes import RecordedServer, kubernetes, owned

CONFIG_MAPS = "/api/v1/namespaces/vision/configmaps"
RESULTS = f"{CONFIG_MAPS}/digits-analysis"


def results() -> CreateConfigMap:
    owners = [{"uid": world.UID, "controller": True}]
    return CreateConfigMap({"metadata": {"name": "digits-analysis", "ownerReferences": owners}, "data": {}})


async def test_a_config_map_is_created_and_never_changed() -> None:
    server = RecordedServer()
    await kubernetes(server).execute("vision", results())
    assert server.asked == [("POST", CONFIG_MAPS)]
    assert server.bodies == [results().manifest]


@pytest.mark.parametrize(("owner", "is_refused"), [(world.UID, False), ("another", True)])
async def test_a_config_map_that_exists_is_the_sweeps_own_or_left_alone(owner: str, is_refused: bool) -> None:
    server = RecordedServer({CONFIG_MAPS: ApiError(409, "already exists"), RESULTS: owned("digits-analysis", owner)})
    if is_refused:
        with pytest.raises(RefusedError, match="does not belong to this sweep"):
            await kubernetes(server).execute("vision", results())
    else:
        await kubernetes(server).execute("vision", results())
    assert server.asked == [("POST", CONFIG_MAPS), ("GET", RESULTS)]


async def test_a_config_map_beyond_a_quota_is_refused_for_now() -> None:
    server = RecordedServer({CONFIG_MAPS: ApiError(403, "exceeded quota")})
    with pytest.raises(RefusedError, match="exceeded quota") as refused:
        await kubernetes(server).execute("vision", results())
    assert not refused.value.is_final
