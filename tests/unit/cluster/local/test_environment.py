"""What a worker finds in its environment, from the very manifest that a cluster would get."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hposweep.api.names import PREFLIGHT_PHASE
from hposweep.cluster.local.environment import Place, Provided, environment
from hposweep.cluster.protocol import RefusedError
from hposweep.plan import podtemplate
from hposweep.plan.job import phase_job, search_job
from hpotrial import protocol
from hpotrial.protocol.config import Checkpoints, PythonObjective, WorkerConfig
from hpotrial.protocol.preflight import PreflightConfig
from tests.builders import pod_template
from tests.unit import world

PLACE = Place("pod-0", "uid-0", "default", "laptop", "/home/me/sweep", "/run/checkpoints", "/run/logs/.message")
OBJECTS = {
    ("Secret", "optuna-db"): {"uri": "postgresql://here/db"},
    ("ConfigMap", "data"): {"root": "/data", "size": "3"},
    ("Secret", "hub"): {"user": "me", "size": "7"},
}
NOTHING = Provided(lambda kind, name: None)


def found(
    *variables: dict[str, Any],
    place: Place = PLACE,
    own: dict[str, str] | None = None,
    env_file: dict[str, str] | None = None,
    **container: Any,
) -> dict[str, str]:
    template = pod_template()
    template["spec"]["containers"][0] |= {"env": list(variables), **container}
    manifest = search_job(world.sweep(workers={"template": template}))
    provided = Provided(lambda *asked: OBJECTS.get(asked), {**(own or {}), **(env_file or {})}, env_file or {})
    return environment(manifest, 3, place, provided)


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
    token = {"name": "absent", "key": "token"}
    assert "T" not in found({"name": "T", "valueFrom": {"secretKeyRef": {**token, "optional": True}}})
    with pytest.raises(RefusedError, match=r"which a run without a cluster does not have\. Set `T`"):
        found({"name": "T", "valueFrom": {"secretKeyRef": token}})


@pytest.mark.parametrize(
    "source",
    [
        {"fieldRef": {"fieldPath": "status.podIP"}},
        {"fieldRef": {"fieldPath": "metadata.labels['team']"}},
        {"resourceFieldRef": {"resource": "limits.cpu"}},
    ],
    ids=str,
)
def test_what_only_a_node_knows_is_refused_unless_you_set_it(source: dict[str, Any]) -> None:
    variable = {"name": "A", "valueFrom": source}
    with pytest.raises(RefusedError, match=r"environment variable `A` comes from .*\. Set `A` in your environment"):
        found(variable)
    assert found(variable, own={"A": "mine"})["A"] == "mine"


def test_all_keys_of_an_object_become_variables() -> None:
    sources = [{"configMapRef": {"name": "data"}}, {"secretRef": {"name": "hub"}, "prefix": "HUB_"}]
    values = found(envFrom=sources)
    assert {name: values[name] for name in ("root", "size", "HUB_user", "HUB_size")} == {
        "root": "/data",
        "size": "3",
        "HUB_user": "me",
        "HUB_size": "7",
    }


def test_a_later_object_wins_and_a_variable_of_env_wins_over_both() -> None:
    sources = [{"configMapRef": {"name": "data"}}, {"secretRef": {"name": "hub"}}]
    assert found(envFrom=sources)["size"] == "7"
    assert found({"name": "size", "value": "9"}, envFrom=sources)["size"] == "9"


def test_the_env_file_stands_in_for_an_object_that_is_not_in_the_file() -> None:
    absent, present = {"secretRef": {"name": "absent"}}, {"configMapRef": {"name": "data"}}
    env_file = {"TOKEN": "t", "size": "0"}
    values = found(envFrom=[present, absent], env_file=env_file, own={"HOME": "/home/me"})
    assert (values["TOKEN"], values["size"]) == ("t", "3")
    assert "HOME" not in values  # a worker inherits it
    assert "TOKEN" not in found(envFrom=[present], env_file=env_file)
    assert "TOKEN" not in found(envFrom=None, env_file=env_file)


def test_a_variable_refers_to_those_before_it_as_in_a_container() -> None:
    root = {"name": "ROOT", "valueFrom": {"configMapKeyRef": {"name": "data", "key": "root"}}}
    values = found(
        {"name": "EARLY", "value": "$(ROOT)/x"},
        root,
        {"name": "LATE", "value": "$(ROOT)/$(size)/$$(ROOT)"},
        envFrom=[{"configMapRef": {"name": "data"}}],
    )
    assert (values["EARLY"], values["LATE"]) == ("$(ROOT)/x", "/data/3/$(ROOT)")


def test_checkpoints_lie_in_the_runs_own_folder() -> None:
    config = WorkerConfig(PythonObjective("train:objective"), checkpoints=Checkpoints("/ckpt"))
    work = {"name": protocol.WORK_ENV, "value": config.to_json()}
    manifest = search_job(world.sweep())
    manifest["spec"]["template"]["spec"]["containers"][0]["env"] = [work]
    values = environment(manifest, 0, PLACE, NOTHING)
    assert json.loads(values[protocol.WORK_ENV])["checkpoints"] == {"path": "/run/checkpoints", "keep": "Best"}


def test_checks_look_at_the_checkpoints_of_the_run() -> None:
    disk = [{"path": "/checkpoints", "freeBytes": 1}, {"path": "/tmp", "freeBytes": 1}]  # noqa: S108
    workers = {"template": pod_template(), "checkpoints": {"path": "/checkpoints"}}
    sweep = world.sweep(workers=workers, preflight={"disk": disk})
    template = podtemplate.pod_template(sweep, PREFLIGHT_PHASE)
    job = phase_job(sweep, PREFLIGHT_PHASE, template, attempt=1, size=1, study_id=7, is_suspended=False)
    values = environment(job, 0, PLACE, Provided(lambda *asked: OBJECTS.get(asked)))
    assert protocol.WORK_ENV not in values
    config = PreflightConfig.from_json(values[protocol.PREFLIGHT_ENV])
    assert [entry["path"] for entry in config.preflight["disk"]] == ["/run/checkpoints", "/tmp"]  # noqa: S108
    assert WorkerConfig.from_json(config.work).checkpoints == Checkpoints("/run/checkpoints")
    measured = WorkerConfig.from_json(config.work).disk
    assert measured == {"/checkpoints": "/run/checkpoints", "/tmp": "/tmp"}, "workers measure the same places"  # noqa: S108
