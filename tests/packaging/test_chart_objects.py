"""The values reach the objects that they name, and the check of `helm test` passes for a ready operator only."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from hposweep import __version__
from hposweep.allowed_pods import AllowedPods, PodField
from hposweep.settings import Settings
from hposweep.telemetry.exposition import Exposition
from hposweep.telemetry.http import HttpServer
from hposweep.telemetry.metrics import OperatorMetrics
from hposweep.telemetry.sweeps import SweepMetrics
from tests.packaging.chart import HOOK, pod_of, template, template_arguments
from tests.packaging.chart_options import PLACEMENT, SPREAD, arguments
from tests.packaging.checkout import CHART
from tests.packaging.program import Program

Json = dict[str, Any]


def _set(**values: Any) -> tuple[str, ...]:
    return arguments(values)


def _container(objects: list[Json]) -> Json:
    (container,) = pod_of(objects)["spec"]["containers"]
    return dict(container)


def _only(objects: list[Json], kind: str) -> Json:
    (item,) = (item for item in objects if item["kind"] == kind)
    return item


DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ({}, f"hposweep-operator:{__version__}"),
        ({"repository": "registry:5000/op", "tag": "abc"}, "registry:5000/op:abc"),
        ({"digest": DIGEST}, f"hposweep-operator@{DIGEST}"),
        ({"tag": "abc", "digest": DIGEST}, f"hposweep-operator:abc@{DIGEST}"),
    ],
)
def test_an_image_has_a_tag_a_digest_or_both(helm: Program, image: Json, reference: str) -> None:
    assert _container(template(helm, *_set(image=image)))["image"] == reference


def test_the_manifests_name_the_version_of_the_chart() -> None:
    deployment = yaml.safe_load((CHART / "manifests" / "manager" / "deployment.yaml").read_text())
    assert _container([deployment])["image"] == f"hposweep-operator:{__version__}"


def test_placement_reaches_the_operator_and_the_test(helm: Program) -> None:
    rendered = helm.objects(*template_arguments(*_set(**PLACEMENT, topologySpreadConstraints=[SPREAD])))
    (test,) = (item for item in rendered if HOOK in item["metadata"].get("annotations", {}))
    pod = pod_of(rendered)["spec"]
    assert {name: pod[name] for name in PLACEMENT} == PLACEMENT
    assert {name: test["spec"][name] for name in PLACEMENT} == PLACEMENT
    assert pod["topologySpreadConstraints"] == [SPREAD]


def test_settings_reach_the_pod_as_the_operator_reads_them(helm: Program) -> None:
    allowed = {"allowedFields": ["hostPath", "nodeName"], "allowedServiceAccounts": ["trainer", "*"]}
    weights = {"acme.com/npu": 1, "nvidia.com/gpu.shared": 0.25}
    objects = template(
        helm,
        *_set(env={"HPOSWEEP_POLL_SECONDS": 3}, logLevel="WARNING", gpuWeights=weights, podTemplates=allowed),
    )
    settings = Settings.from_environment({entry["name"]: entry["value"] for entry in _container(objects)["env"]})
    assert settings.poll_seconds == 3
    assert settings.log_level == "WARNING"
    assert settings.allowed_pods == AllowedPods(frozenset({PodField.HOST_PATH, PodField.NODE_NAME}), ("trainer", "*"))
    assert {name: settings.gpu_weights.of(name) for name in weights} == weights


def test_every_level_of_the_log_is_one_of_the_operator() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    levels = schema["properties"]["logLevel"]["enum"]
    assert [Settings.from_environment({"HPOSWEEP_LOG_LEVEL": level}).log_level for level in levels] == levels


@pytest.mark.parametrize("kind", ["configMap", "secret"])
def test_a_ca_bundle_is_the_file_that_libpq_reads(helm: Program, kind: str) -> None:
    objects = template(helm, *_set(caBundle={kind: "our-ca", "key": "root.pem"}))
    container = _container(objects)
    (path,) = (entry["value"] for entry in container["env"] if entry["name"] == "PGSSLROOTCERT")
    (mount,) = (mount for mount in container["volumeMounts"] if mount["name"] == "ca-bundle")
    (volume,) = (volume for volume in pod_of(objects)["spec"]["volumes"] if volume["name"] == "ca-bundle")
    (item,) = volume[kind]["items"]
    assert "our-ca" in volume[kind].values()
    assert item["key"] == "root.pem"
    assert path == f"{mount['mountPath']}/{item['path']}"


def _analysis_image(objects: list[Json]) -> list[str]:
    return [entry["value"] for entry in _container(objects)["env"] if entry["name"] == "HPOSWEEP_ANALYSIS_IMAGE"]


def test_analyses_run_in_the_operators_image_unless_another_one_is_set_or_they_are_off(helm: Program) -> None:
    operator = {"image": {"repository": "registry:5000/op", "tag": "abc"}}
    assert _analysis_image(template(helm, *_set(**operator))) == ["registry:5000/op:abc"]
    other = {"analysis": {"image": "registry:5000/other:1"}}
    assert _analysis_image(template(helm, *_set(**operator, **other))) == ["registry:5000/other:1"]
    assert _analysis_image(template(helm, *_set(analysis={"enabled": False}))) == []


def test_without_a_ca_bundle_nothing_is_mounted(helm: Program) -> None:
    container = _container(template(helm))
    assert [mount["name"] for mount in container["volumeMounts"]] == ["tmp"]
    plain = {"HPOSWEEP_WATCH_NAMESPACES", "HPOSWEEP_LOG_LEVEL", "HPOSWEEP_ANALYSIS_IMAGE"}
    assert {entry["name"] for entry in container["env"]} == plain


def test_variables_volumes_and_mounts_are_added(helm: Program) -> None:
    variables = [
        {"name": "PGSSLCERT", "value": "/etc/client/crt"},
        {"name": "PGSSLKEY", "valueFrom": {"secretKeyRef": {"name": "client", "key": "key"}}},
    ]
    volumes = [{"name": "client", "secret": {"secretName": "client", "defaultMode": 288}}]
    mounts = [{"name": "client", "mountPath": "/etc/client", "readOnly": True}]
    objects = template(helm, *_set(extraEnv=variables, extraVolumes=volumes, extraVolumeMounts=mounts))
    container = _container(objects)
    assert container["env"][-2:] == variables
    assert container["volumeMounts"][1:] == mounts
    assert pod_of(objects)["spec"]["volumes"][1:] == volumes


def test_labels_and_annotations_reach_their_objects(helm: Program) -> None:
    objects = template(
        helm,
        *_set(commonLabels={"team": "ml"}, podLabels={"mesh": "off"}, podAnnotations={"a": "1"}),
        *_set(deploymentAnnotations={"b": "2"}, service={"annotations": {"c": "3"}}),
        *_set(**{"serviceAccount.annotations": {"d": "4"}}),
    )
    assert [item["kind"] for item in objects if item["metadata"].get("labels", {}).get("team") != "ml"] == []
    assert pod_of(objects)["metadata"]["labels"].items() >= {"team": "ml", "mesh": "off"}.items()
    assert pod_of(objects)["metadata"]["annotations"] == {"a": "1"}
    for kind, expected in {"Deployment": {"b": "2"}, "Service": {"c": "3"}, "ServiceAccount": {"d": "4"}}.items():
        assert _only(objects, kind)["metadata"]["annotations"] == expected


def test_no_label_of_the_values_selects_pods(helm: Program) -> None:
    """The selector of a Deployment is immutable, so that a label in it would make an upgrade fail."""
    values = _set(commonLabels={"team": "ml"}, podLabels={"mesh": "off"})
    selectors = [_only(template(helm, *more), "Deployment")["spec"]["selector"] for more in ((), values)]
    assert selectors[0] == selectors[1]


def test_another_service_account_is_bound_and_used(helm: Program) -> None:
    objects = template(helm, *_set(serviceAccount={"name": "sweeper"}))
    assert pod_of(objects)["spec"]["serviceAccountName"] == "sweeper"
    assert _only(objects, "ServiceAccount")["metadata"]["name"] == "sweeper"
    assert [subject["name"] for subject in _only(objects, "ClusterRoleBinding")["subjects"]] == ["sweeper"]


def test_roles_of_people_are_aggregated_unless_a_value_says_otherwise(helm: Program) -> None:
    def aggregations(*arguments: str) -> dict[str, list[str]]:
        roles = [item["metadata"] for item in template(helm, *arguments) if item["kind"] == "ClusterRole"]
        prefix = "rbac.authorization.k8s.io/aggregate-to-"
        return {
            role["name"]: [label.removeprefix(prefix) for label in role["labels"] if label.startswith(prefix)]
            for role in roles
            if role["name"] != "hposweep-operator"
        }

    assert aggregations() == {"hposweep-viewer": ["view"], "hposweep-editor": ["edit"], "hposweep-admin": ["admin"]}
    assert set(map(tuple, aggregations(*_set(**{"userRoles.aggregate": False})).values())) == {()}
    assert aggregations(*_set(**{"userRoles.create": False})) == {}


@pytest.mark.parametrize(("kind", "field"), [("ServiceMonitor", "endpoints"), ("PodMonitor", "podMetricsEndpoints")])
def test_a_monitor_selects_the_operator_and_keeps_the_labels_of_sweeps(helm: Program, kind: str, field: str) -> None:
    relabelings = [{"sourceLabels": ["pod"], "targetLabel": "operator", "action": "replace"}]
    values = {"enabled": True, "labels": {"release": "prometheus"}, "interval": "1m", "relabelings": relabelings}
    objects = template(helm, *_set(**{f"metrics.{kind[0].lower()}{kind[1:]}": values}))
    monitor = _only(objects, kind)
    (endpoint,) = monitor["spec"][field]
    labels = _only(objects, "Service")["metadata"]["labels"] if kind == "ServiceMonitor" else None
    selected = labels or pod_of(objects)["metadata"]["labels"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= selected.items()
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    assert endpoint == {
        "port": "http",
        "path": "/metrics",
        "honorLabels": True,
        "interval": "1m",
        "scrapeTimeout": "10s",
        "relabelings": relabelings,
    }
    assert endpoint["port"] in {port["name"] for port in _only(objects, "Service")["spec"]["ports"]}
    assert endpoint["port"] in {port["name"] for port in _container(objects)["ports"]}


POLICIES = {"approvalPolicy": "approval.hposweep.dev", "jobsPolicy": "jobs.hposweep.dev"}


def _policies(objects: list[Json]) -> dict[str, Json]:
    return {item["metadata"]["name"]: item["spec"] for item in objects if item["kind"] == "ValidatingAdmissionPolicy"}


@pytest.mark.parametrize(("value", "name"), POLICIES.items())
def test_a_policy_trusts_the_users_of_the_values(helm: Program, value: str, name: str) -> None:
    policy = _policies(template(helm))[name]
    assert policy["failurePolicy"] == "Fail"
    assert policy["matchConditions"][0]["expression"] == "!(request.userInfo.username in [])"
    changed = template(helm, *_set(**{value: {"failurePolicy": "Ignore", "trustedUsers": ["argo", 'a"b']}}))
    policies = _policies(changed)
    policy = policies.pop(name)
    assert policy["failurePolicy"] == "Ignore"
    assert policy["matchConditions"][0]["expression"] == '!(request.userInfo.username in ["argo","a\\"b"])'
    assert [other["failurePolicy"] for other in policies.values()] == ["Fail"]


@pytest.mark.parametrize(("value", "name"), POLICIES.items())
def test_a_policy_can_be_left_out(helm: Program, value: str, name: str) -> None:
    objects = template(helm, *_set(**{value: {"enabled": False}}))
    names = [item["metadata"]["name"] for item in objects if "Admission" in item["kind"]]
    assert sorted(names) == sorted(2 * [other for other in POLICIES.values() if other != name])


def test_no_policy_is_on_a_server_that_lacks_them(helm: Program) -> None:
    kinds = {item["kind"] for item in template(helm, "--kube-version", "1.29")}
    assert not {kind for kind in kinds if "Admission" in kind}


def test_a_disruption_budget_lets_a_node_drain(helm: Program) -> None:
    objects = template(helm, *_set(**{"podDisruptionBudget.enabled": True}))
    budget = _only(objects, "PodDisruptionBudget")["spec"]
    assert budget["maxUnavailable"] == _only(objects, "Deployment")["spec"]["replicas"] == 1
    assert budget["selector"]["matchLabels"].items() <= pod_of(objects)["metadata"]["labels"].items()


async def _check(helm: Program, port: int) -> tuple[int | None, str]:
    """Run the command of the pod of `helm test` against a server of this machine."""
    (test,) = (item for item in helm.objects(*template_arguments()) if HOOK in item["metadata"].get("annotations", {}))
    (container,) = test["spec"]["containers"]
    assert container["command"] == ["python", "-c"]
    script, url = container["args"]
    assert url == "http://hposweep-operator.hposweep-system.svc:8080"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, f"http://127.0.0.1:{port}"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


@pytest.mark.parametrize(
    ("is_ready", "is_operator", "output"),
    [(True, True, "the operator is ready"), (False, True, "503"), (True, False, "Another program answers")],
)
async def test_the_check_passes_for_a_ready_operator_only(
    helm: Program, is_ready: bool, is_operator: bool, output: str
) -> None:
    registry = CollectorRegistry()
    if is_operator:
        OperatorMetrics(registry)
    server = HttpServer(Exposition(registry, SweepMetrics()), lambda: is_ready)
    port = await server.start(0)
    try:
        code, text = await _check(helm, port)
    finally:
        await server.stop()
    assert output in text
    assert (code == 0) == (is_ready and is_operator)
