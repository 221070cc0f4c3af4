"""The pod that runs trials: completed where the user was silent, untouched where not, and free of secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hposweep.api.names import SEARCH_PHASE
from hposweep.plan.podtemplate import SCRATCH_PATH, pod_template
from hpotrial import protocol
from hpotrial.protocol.command import expand
from tests import builders
from tests.unit import world


def made(**spec: Any) -> dict[str, Any]:
    return pod_template(world.sweep(**spec), SEARCH_PHASE)


def trial(template: dict[str, Any]) -> dict[str, Any]:
    return next(entry for entry in template["spec"]["containers"] if entry["name"] == "trial")


def env(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in trial(template)["env"]}


def test_the_database_url_comes_from_the_secret_and_never_by_value() -> None:
    storage = {"secretRef": {"name": "db", "key": "url"}}
    variable = env(made(study=builders.study(storage=storage)))[protocol.STORAGE_URL_ENV]
    assert variable == {"name": protocol.STORAGE_URL_ENV, "valueFrom": {"secretKeyRef": {"name": "db", "key": "url"}}}


def test_the_work_is_the_specs_own_blocks() -> None:
    space = [builders.float_parameter("x", 0, 1, log=False), builders.categorical_parameter("k", 1, "a", None)]
    work = json.loads(
        env(made(searchSpace=space, objective={"python": "m:f", "fixed": {"epochs": 3}}))[protocol.WORK_ENV]["value"]
    )
    assert work["objective"] == {"python": "m:f", "fixed": {"epochs": 3}}
    assert [item["name"] for item in work["searchSpace"]] == ["x", "k"]
    assert work["searchSpace"][1]["categorical"]["choices"] == [1, "a", None]
    assert work["sampler"]["name"] == "TPESampler"
    assert work["pruner"]["name"] == "MedianPruner"
    assert work["objectives"] == [{"name": "score", "direction": "Maximize"}]
    assert (work["isolation"], work["outageSeconds"]) == ("Process", 900)
    assert "checkpoints" not in work
    assert "callbacks" not in work


def test_a_command_a_class_and_checkpoints_reach_the_worker_as_they_stand() -> None:
    template = made(
        objective={
            "command": ["./train", "-v"],
            "callbacks": ["tracking:note"],
            "fixed": {"none": None},
            "sourceRef": {"configMap": {"name": "c"}},
        },
        study=builders.study(
            sampler={"class": "mine:Sampler", "seed": 3},
            pruner={"class": "mine:Pruner"},
            storage={"outageSeconds": 60, "secretRef": {}},
        ),
        workers=builders.workers() | {"isolation": "None", "checkpoints": {"path": "/ckpt"}},
    )
    work = json.loads(env(template)[protocol.WORK_ENV]["value"])
    assert work["objective"] == {"command": ["./train", "-v"], "fixed": {"none": None}}
    assert work["sampler"] == {"class": "mine:Sampler", "options": {}, "seed": 3}
    assert work["pruner"] == {"class": "mine:Pruner", "options": {}}
    assert (work["isolation"], work["outageSeconds"]) == ("None", 60)
    assert work["checkpoints"] == {"path": "/ckpt", "keep": "Best"}
    assert work["callbacks"] == ["tracking:note"]


def test_the_worker_knows_its_image_and_how_long_it_has_at_the_end() -> None:
    variables = env(made(workers=builders.workers(image="reg/trial:7", terminationGracePeriodSeconds=90)))
    assert variables[protocol.IMAGE_ENV]["value"] == "reg/trial:7"
    assert variables[protocol.GRACE_SECONDS_ENV]["value"] == "90"
    silent = env(made(workers=builders.workers(terminationGracePeriodSeconds=None)))
    assert silent[protocol.GRACE_SECONDS_ENV]["value"] == "30"


def test_a_silent_template_meets_the_restricted_level() -> None:
    template = made()
    container = trial(template)["securityContext"]
    assert template["spec"]["securityContext"]["runAsNonRoot"] is True
    assert template["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["allowPrivilegeEscalation"] is False
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert container["readOnlyRootFilesystem"] is True
    assert template["spec"]["automountServiceAccountToken"] is False
    assert template["spec"]["restartPolicy"] == "Never"


@pytest.mark.parametrize("field", ["automountServiceAccountToken", "enableServiceLinks"])
def test_a_null_turns_off_what_kubernetes_turns_on(field: str) -> None:
    assert made(workers=builders.workers(**{field: None}))["spec"][field] is False
    assert made(workers=builders.workers(**{field: True}))["spec"][field] is True


def test_what_the_user_wrote_stays() -> None:
    given = builders.workers(
        securityContext={"runAsUser": 1000, "fsGroup": 5},
        terminationGracePeriodSeconds=300,
        volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
        nodeSelector={"gpu": "h100"},
    )
    container = given["template"]["spec"]["containers"][0]
    container |= {
        "env": [{"name": "EPOCHS", "value": "3"}],
        "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "data", "mountPath": SCRATCH_PATH}],
        "resources": {"limits": {"nvidia.com/gpu": 1}},
    }
    given["template"]["spec"]["containers"].append({"name": "sidecar", "image": "x"})
    given["template"]["metadata"] = {"labels": {"team": "vision"}, "annotations": {"a": "b"}}
    template = made(workers=given)
    spec = template["spec"]
    assert spec["securityContext"] | {"runAsUser": 1000, "fsGroup": 5} == spec["securityContext"]
    assert spec["terminationGracePeriodSeconds"] == 300
    assert spec["nodeSelector"] == {"gpu": "h100"}
    assert [volume["name"] for volume in spec["volumes"]] == ["data"], "its own /tmp needs none of ours"
    assert spec["containers"][1] == {"name": "sidecar", "image": "x"}
    assert trial(template)["resources"] == {"limits": {"nvidia.com/gpu": 1}}
    assert trial(template)["env"][0] == {"name": "EPOCHS", "value": "3"}
    assert template["metadata"]["labels"]["team"] == "vision"
    assert template["metadata"]["labels"]["hposweep.dev/sweep"] == "digits"
    assert template["metadata"]["annotations"] == {"a": "b"}


def test_code_from_a_config_map_is_mounted_and_named() -> None:
    template = made(objective={"python": "train:objective", "sourceRef": {"configMap": {"name": "train-code"}}})
    volume = next(entry for entry in template["spec"]["volumes"] if "configMap" in entry)
    mount = next(entry for entry in trial(template)["volumeMounts"] if entry["name"] == volume["name"])
    assert volume["configMap"] == {"name": "train-code"}
    assert env(template)[protocol.SOURCE_PATH_ENV]["value"] == mount["mountPath"]


def test_ours_wins_over_a_variable_of_the_same_name() -> None:
    given = builders.workers()
    given["template"]["spec"]["containers"][0]["env"] = [{"name": protocol.STUDY_ENV, "value": "other"}]
    names = [entry["name"] for entry in trial(made(workers=given))["env"]]
    assert names.count(protocol.STUDY_ENV) == 1
    assert env(made(workers=given))[protocol.STUDY_ENV]["value"] == "default.digits"


def test_the_template_handed_in_is_not_changed() -> None:
    sweep = world.sweep()
    before = json.dumps(sweep.spec.workers.template)
    pod_template(sweep, SEARCH_PHASE)
    assert json.dumps(sweep.spec.workers.template) == before


def with_pod(**pod: Any) -> dict[str, Any]:
    template = builders.pod_template()
    template["spec"] |= pod
    return made(workers={"template": template})


def with_container(**container: Any) -> dict[str, Any]:
    template = builders.pod_template()
    template["spec"]["containers"][0] |= container
    return trial(made(workers={"template": template}))


@pytest.mark.parametrize("block", ["env", "volumeMounts", "securityContext"])
def test_an_empty_block_of_the_container_counts_as_absent(block: str) -> None:
    assert with_container(**{block: None}) == with_container()


@pytest.mark.parametrize("block", ["volumes", "securityContext", "terminationGracePeriodSeconds"])
def test_an_empty_block_of_the_pod_counts_as_absent(block: str) -> None:
    assert with_pod(**{block: None}) == with_pod()


@pytest.mark.parametrize(
    ("block", "value"), [("env", {"A": "1"}), ("env", "A=1"), ("volumeMounts", 3), ("securityContext", ["root"])]
)
def test_a_block_of_another_shape_is_left_for_the_cluster_to_refuse(block: str, value: Any) -> None:
    assert with_container(**{block: value})[block] == value


@pytest.mark.parametrize(("block", "value"), [("volumes", {"data": {}}), ("securityContext", "none")])
def test_so_is_a_block_of_the_pod(block: str, value: Any) -> None:
    assert with_pod(**{block: value})["spec"][block] == value


def test_so_is_an_entry_of_a_list() -> None:
    assert with_container(env=["A=1"])["env"][0] == "A=1"
    assert with_container(volumeMounts=["/data"])["volumeMounts"][0] == "/data"


def test_the_kubelet_changes_no_command() -> None:
    """It replaces `$(NAME)` and `$$` in values, which mean something else in a command of the sweep."""
    arguments = ["sh", "-c", 'echo $$ $(HOME) $HOME "$(HPO_ARGS)" $$(date)']
    entry = env(made(objective={"command": arguments}))[protocol.WORK_ENV]
    read_by_the_worker = expand(entry["value"], {"HOME": 'a "quoted" folder'}.get)
    assert json.loads(read_by_the_worker)["objective"]["command"] == arguments
