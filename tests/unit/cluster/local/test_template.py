"""What a run refuses of the pod template as a cluster would, and what it says that it leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hposweep.cluster.local.documents import Documents
from hposweep.cluster.local.template import left_out, refuse_other_shapes
from hposweep.cluster.protocol import RefusedError
from hposweep.plan.job import search_job
from tests import builders
from tests.unit import world

SECRET = {"secretRef": {"name": "hub"}}


def sweep(*, pod: dict[str, Any] | None = None, checkpoints: str = "", **container: Any) -> world.Sweep:
    template = builders.pod_template()
    template["spec"]["containers"][0] |= container
    template["spec"] |= pod or {}
    folder = {"checkpoints": {"path": checkpoints}} if checkpoints else {}
    return world.sweep(workers={"template": template, **folder})


def refusal(**blocks: Any) -> str:
    with pytest.raises(RefusedError) as caught:
        refuse_other_shapes(search_job(sweep(**blocks))["spec"]["template"])
    return str(caught.value)


@pytest.mark.parametrize(
    ("container", "words"),
    [
        ({"env": {"A": "1"}}, "spec.containers[0].env: must be of type array, not"),
        ({"env": ["A=1"]}, "spec.containers[0].env[0]: must be of type object"),
        ({"env": [{"value": "1"}]}, "spec.containers[0].env[0].name: Required value"),
        ({"env": [{"name": "A", "value": 1}]}, "spec.containers[0].env[0].value: must be of type string, not 1"),
        ({"env": [{"name": "A", "valueFrom": 3}]}, "env[0].valueFrom: must be of type object"),
        ({"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "x"}}}]}, "secretKeyRef.key: Required value"),
        ({"envFrom": "hub"}, "spec.containers[0].envFrom: must be of type array"),
        ({"envFrom": [{"secretRef": "hub"}]}, "envFrom[0].secretRef: must be of type object"),
        ({"resources": 3}, "spec.containers[0].resources: must be of type object"),
        ({"resources": {"limits": ["1Gi"]}}, "resources.limits: must be of type object"),
        ({"volumeMounts": 3}, "spec.containers[0].volumeMounts: must be of type array"),
        ({"pod": {"volumes": {"data": {}}}}, "spec.volumes: must be of type array"),
        ({"pod": {"terminationGracePeriodSeconds": "long"}}, "terminationGracePeriodSeconds: must be of type integer"),
    ],
)
def test_another_shape_is_refused_with_its_path(container: dict[str, Any], words: str) -> None:
    assert words in refusal(**container)


@pytest.mark.parametrize(
    "container",
    [
        {},
        {"env": None, "envFrom": None, "resources": None, "volumeMounts": None},
        {"resources": {"limits": None}, "pod": {"volumes": None}},
        {"env": [{"name": "A"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y"}}}]},
        {"envFrom": [SECRET], "volumeMounts": [{"name": "data", "mountPath": "/data", "subPath": "x"}]},
    ],
    ids=str,
)
def test_what_kubernetes_takes_is_taken(container: dict[str, Any]) -> None:
    refuse_other_shapes(search_job(sweep(**container))["spec"]["template"])


def said(
    sweep: world.Sweep, *, secrets: tuple[str, ...] = (), has_env_file: bool = False, paths: tuple[str, ...] = ()
) -> list[str]:
    documents = Documents("sweep.yaml", Path("/here"), {}, {}, {name: {"a": "b"} for name in secrets})
    return list(left_out(sweep, documents, has_env_file, lambda path: path in paths))


def test_an_ordinary_template_is_not_spoken_of() -> None:
    assert said(sweep()) == []
    assert said(sweep(envFrom=[SECRET]), secrets=("hub",)) == []
    assert said(sweep(env={"A": 1})) == []  # it is refused


def test_an_object_of_envfrom_that_is_not_in_the_file_is_named_with_its_stand_in() -> None:
    (line,) = said(sweep(envFrom=[SECRET]))
    assert line.startswith("`envFrom`: Secret `hub` is not in sweep.yaml, so your environment must have its variables.")
    assert "(--env-file FILE)" in line
    (line,) = said(sweep(envFrom=[{"configMapRef": {"name": "hub"}}]), secrets=("hub",), has_env_file=True)
    assert line.startswith("`envFrom`: ConfigMap `hub` is not in sweep.yaml, so --env-file and your environment must")
    assert said(sweep(envFrom=[{"secretRef": {"name": "hub", "optional": True}}])) == []


def test_a_volume_is_named_whose_path_this_machine_lacks() -> None:
    volumes = [{"name": "conf", "configMap": {"name": "settings"}}, {"name": "data", "hostPath": {"path": "/data"}}]
    mounts = [{"name": "conf", "mountPath": "/etc/conf"}, {"name": "data", "mountPath": "/data"}]
    mounted = sweep(pod={"volumes": volumes}, volumeMounts=mounts)
    (line,) = said(mounted, paths=("/data",))
    assert line.startswith("`/etc/conf` does not exist, and the volume `conf` (configMap) is not mounted.")
    assert len(said(mounted)) == 2


def test_the_folder_of_checkpoints_is_the_runs_own() -> None:
    mounts = [{"name": "ckpt", "mountPath": "/ckpt"}]
    assert said(sweep(checkpoints="/ckpt/vision", volumeMounts=mounts)) == []
    assert len(said(sweep(checkpoints="/other", volumeMounts=mounts))) == 1


def test_containers_that_a_run_does_not_start_are_named() -> None:
    template = builders.pod_template()
    containers = [*template["spec"]["containers"], {"name": "proxy", "image": "any"}]
    (line,) = said(sweep(pod={"containers": containers, "initContainers": [{"name": "download"}]}))
    assert line == "not started: `download`, `proxy`; a run has only the container `trial`"
