"""What a worker finds in its environment, from the very manifest that a cluster would get."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hposweep.cluster.local.environment import Place, environment
from hposweep.cluster.protocol import RefusedError
from hposweep.plan.job import search_job
from hpotrial import protocol
from hpotrial.protocol.config import Checkpoints, PythonObjective, WorkerConfig
from tests.builders import pod_template
from tests.unit import world

PLACE = Place("pod-0", "uid-0", "default", "laptop", "/home/me/sweep", "/run/checkpoints", "/run/logs/.message")
SECRETS = {("Secret", "optuna-db", "uri"): "postgresql://here/db", ("ConfigMap", "data", "root"): "/data"}


def found(*variables: dict[str, Any], place: Place = PLACE, **container: Any) -> dict[str, str]:
    template = pod_template()
    template["spec"]["containers"][0] |= {"env": list(variables), **container}
    manifest = search_job(world.sweep(workers={"template": template}))
    return environment(manifest, 3, place, lambda *asked: SECRETS.get(asked))


def test_a_worker_gets_all_that_the_contract_names() -> None:
    values = found()
    assert values[protocol.STORAGE_URL_ENV] == "postgresql://here/db"
    assert values[protocol.STUDY_ENV] == "default.digits"
    assert values[protocol.SWEEP_UID_ENV] == world.UID
    assert (values[protocol.POD_NAME_ENV], values[protocol.POD_UID_ENV]) == ("pod-0", "uid-0")
    assert values[protocol.NODE_NAME_ENV] == "laptop"
    assert values[protocol.WORKER_INDEX_ENV] == "3"
    assert values[protocol.SOURCE_PATH_ENV] == "/home/me/sweep"
    assert values[protocol.TERMINATION_MESSAGE_PATH_ENV] == "/run/logs/.message"
    assert json.loads(values[protocol.WORK_ENV])["objective"]["python"] == "train:objective"
    assert protocol.MEMORY_BYTES_ENV not in values


def test_the_memory_limit_is_told_since_no_kernel_knows_it() -> None:
    assert found(resources={"limits": {"memory": "1Gi"}})[protocol.MEMORY_BYTES_ENV] == str(2**30)


def test_a_limit_that_is_no_amount_is_refused() -> None:
    with pytest.raises(
        RefusedError, match=r"`resources.limits.memory` of the container `trial`: `lots` is no quantity"
    ):
        found(resources={"limits": {"memory": "lots"}})


def test_the_users_own_variables_come_along() -> None:
    root = {"configMapKeyRef": {"name": "data", "key": "root"}}
    values = found({"name": "A", "value": "1"}, {"name": "EMPTY"}, {"name": "ROOT", "valueFrom": root})
    assert (values["A"], values["EMPTY"], values["ROOT"]) == ("1", "", "/data")


def test_a_key_that_is_not_there_is_refused_unless_it_is_optional() -> None:
    token = {"name": "hub", "key": "token"}
    assert "T" not in found({"name": "T", "valueFrom": {"secretKeyRef": {**token, "optional": True}}})
    with pytest.raises(RefusedError, match=r"which a run without a cluster does not have\. Set `T`"):
        found({"name": "T", "valueFrom": {"secretKeyRef": token}})


def test_what_only_a_node_knows_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"environment variable `IP` comes from .*status\.podIP"):
        found({"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}})


def test_checkpoints_lie_in_the_runs_own_folder() -> None:
    config = WorkerConfig(PythonObjective("train:objective"), checkpoints=Checkpoints("/ckpt"))
    work = {"name": protocol.WORK_ENV, "value": config.to_json()}
    manifest = search_job(world.sweep())
    manifest["spec"]["template"]["spec"]["containers"][0]["env"] = [work]
    values = environment(manifest, 0, PLACE, lambda *asked: None)
    assert json.loads(values[protocol.WORK_ENV])["checkpoints"] == {"path": "/run/checkpoints", "keep": "Best"}
