"""The values of the chart: all are described and bounded, wrong ones refused by name, contradictions by a sentence."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.packaging.chart import template, template_arguments
from tests.packaging.checkout import CHART
from tests.packaging.program import Program

Json = dict[str, Any]

SCHEMA = json.loads((CHART / "values.schema.json").read_text())
VALUES = (CHART / "values.yaml").read_text()

# Each with the word by which the message names it.
WRONG_VALUES = {
    "image.tga=1": "tga",
    "image.pullPolicy=Sometimes": "pullPolicy",
    "image.tag=a b": "tag",
    "image.digest=sha256:123": "digest",
    "image.repository=registry.example/operator:1": "repository",
    "replicas=2": "replicas",
    "scope=Everywhere": "scope",
    "watchNamespaces=vision": "watchNamespaces",
    "watchNamespaces={Vision}": "watchNamespaces",
    "crds.enabled=maybe": "enabled",
    "logLevel=debug": "logLevel",
    "env.POLL=3": "POLL",
    "env.HPOSWEEP_POLL_SECOND=3": "HPOSWEEP_POLL_SECOND",
    "gpuWeights.acme=many": "acme",
    "gpuWeights.acme=-1": "acme",
    "podTemplates.allowedFields={hostpath}": "allowedFields",
    "podTemplates.allowedServiceAccounts={A}": "allowedServiceAccounts",
    "resources.cpu=1": "cpu",
    "resources.limits.memory=much": "memory",
    "tolerations=all": "tolerations",
    "tolerations[0].key=a,tolerations[0].operators=Exists": "operators",
    "affinity.nodeAfinity.a=b": "nodeAfinity",
    "topologySpreadConstraints[0].maxSkew=1": "topologySpreadConstraints",
    "priorityClassName=High": "priorityClassName",
    "imagePullSecrets={a}": "imagePullSecrets",
    "extraEnv[0].name=HPOSWEEP_LOG_LEVEL,extraEnv[0].value=DEBUG": "extraEnv",
    "extraEnv[0].name=A": "extraEnv",
    "extraVolumes[0].name=a,extraVolumes[0].hostPath.path=/": "hostPath",
    "extraVolumeMounts[0].name=a,extraVolumeMounts[0].mountPath=relative": "mountPath",
    "podLabels.-x=y": "podLabels",
    "commonLabels.team=a b": "team",
    "metrics.serviceMonitor.interval=30": "interval",
    "approvalPolicy.failurePolicy=Warn": "failurePolicy",
    "jobsPolicy.failurePolicy=Warn": "failurePolicy",
    "podDisruptionBudget.minAvailable=1": "minAvailable",
    "podDisruptionBudget.maxUnavailable=2": "maxUnavailable",
    "alerts.enabled=true,alerts.ruleLabels.severity=a": "severity",
    "optunaDashboard.storage.url=postgresql://a": "url",
    "optunaDashboard.allowedPeers[0].name=a": "allowedPeers",
    "optunaDashboard.allowedPeers[0].ipBlock.cidr=10.0.0.1": "cidr",
}

# Each with the field that the sentence begins with, and a part of what to do.
CONTRADICTIONS = {
    "alerts.labels.release=a": ("alerts.labels: has no effect", "Set enabled=true"),
    "alerts.ruleLabels.team=a": ("alerts.ruleLabels: has no effect", "Set enabled=true"),
    "watchNamespaces={a}": ("watchNamespaces: not allowed with `scope: Cluster` (got a)", "Set scope=Namespaced"),
    "scope=Namespaced": ("watchNamespaces: needs at least one namespace", "Name the namespaces"),
    "env.HPOSWEEP_WATCH_NAMESPACES=a": ("env.HPOSWEEP_WATCH_NAMESPACES: not allowed", "value watchNamespaces"),
    "env.HPOSWEEP_GPU_WEIGHTS=a": ("env.HPOSWEEP_GPU_WEIGHTS: not allowed", "value gpuWeights"),
    "env.HPOSWEEP_ALLOWED_POD_FIELDS=a": ("env.HPOSWEEP_ALLOWED_POD_FIELDS: ", "value podTemplates.allowedFields"),
    "env.HPOSWEEP_ALLOWED_SERVICE_ACCOUNTS=a": ("env.HPOSWEEP_ALLOWED_SERVICE", "podTemplates.allowedServiceAccounts"),
    "env.HPOSWEEP_LOG_LEVEL=DEBUG": ("env.HPOSWEEP_LOG_LEVEL: not allowed", "value logLevel"),
    "env.HPOSWEEP_HTTP_PORT=9": ("env.HPOSWEEP_HTTP_PORT: not allowed", "Remove it"),
    "caBundle.key=root.pem": ("caBundle.key: has no effect without a source (got root.pem)", "Set caBundle.configMap"),
    "caBundle.configMap=a,caBundle.secret=b": ("caBundle: names two sources", "Remove one"),
    "caBundle.secret=b,extraEnv[0].name=PGSSLROOTCERT,extraEnv[0].value=/x": ("extraEnv: PGSSLROOTCERT", "Remove one"),
    "extraEnv[0].name=A,extraEnv[0].value=x,extraEnv[1].name=A,extraEnv[1].value=y": ("extraEnv: A", "Remove one"),
    "extraVolumes[0].name=tmp,extraVolumes[0].emptyDir.medium=Memory": ("extraVolumes: the name tmp", "another name"),
    "extraVolumes[0].name=a,extraVolumes[0].emptyDir.medium=Memory": ("extraVolumes: a is not mounted", "Add it to"),
    "extraVolumeMounts[0].name=a,extraVolumeMounts[0].mountPath=/a": ("extraVolumeMounts: a is not in", "Add the"),
    "extraVolumeMounts[0].name=tmp,extraVolumeMounts[0].mountPath=/a": ("extraVolumeMounts: tmp is not in", "Add the"),
    "extraVolumes[0].name=a,extraVolumes[0].emptyDir.medium=Memory,extraVolumeMounts[0].name=a,"
    "extraVolumeMounts[0].mountPath=/app/": ("extraVolumeMounts: /app/ would hide", "somewhere else"),
    "extraVolumes[0].name=a,extraVolumes[0].emptyDir.medium=Memory,extraVolumeMounts[0].name=a,"
    "extraVolumeMounts[0].mountPath=/venv/lib": ("extraVolumeMounts: /venv/lib would hide", "somewhere else"),
    "extraVolumes[0].name=a,extraVolumes[0].emptyDir.medium=Memory,extraVolumeMounts[0].name=a,"
    "extraVolumeMounts[0].mountPath=/a,extraVolumeMounts[1].name=a,extraVolumeMounts[1].mountPath=/a/": (
        "extraVolumeMounts: /a/ is the path of two mounts",
        "somewhere else",
    ),
    "image.pullPolicy=Never,imagePullSecrets[0].name=a": ("imagePullSecrets: have no effect", "set IfNotPresent"),
    "tolerations[0].key=a,tolerations[0].operator=Exists,tolerations[0].value=b": (
        "tolerations: `operator: Exists` takes no value (got key a, value b)",
        "Remove the value",
    ),
    "tolerations[0].key=a,tolerations[0].effect=NoSchedule,tolerations[0].tolerationSeconds=9": (
        "tolerations: tolerationSeconds counts only with `effect: NoExecute` (got effect NoSchedule)",
        "remove the seconds",
    ),
    "resources.requests.memory=1Gi": (
        "resources.requests.memory: larger than its limit (got 1Gi; allowed: at most 512Mi)",
        "raise resources.limits.memory",
    ),
    "resources.limits.cpu=50m": ("resources.requests.cpu: larger than its limit (got 100m", "Lower it"),
    "optunaDashboard.resources.limits.memory=100Mi": ("optunaDashboard.resources.requests.memory: larger", "Lower it"),
    "commonLabels.team=a,podLabels.team=b": ("podLabels.team: is in commonLabels as well (got b and a)", "Remove one"),
    "metrics.podMonitor.enabled=true,metrics.podMonitor.labels.app\\.kubernetes\\.io/name=a": (
        "metrics.podMonitor.labels.app.kubernetes.io/name: not allowed",
        "Remove it",
    ),
    "optunaDashboard.enabled=true": ("optunaDashboard.storage.secret: needs the Secret", "name it"),
    "optunaDashboard.allowChanges=true,optunaDashboard.allowedPeers[0].ipBlock.cidr=0.0.0.0/0": (
        "optunaDashboard.allowChanges: would let every pod of the cluster delete studies",
        "allowChanges=false",
    ),
    "podLabels.app\\.kubernetes\\.io/name=other": ("podLabels.app.kubernetes.io/name: not allowed", "Remove it"),
    "commonLabels.helm\\.sh/chart=other": ("commonLabels.helm.sh/chart: not allowed", "Remove it"),
    "approvalPolicy.enabled=false,approvalPolicy.trustedUsers={a}": (
        "approvalPolicy.trustedUsers: ",
        "Set enabled=true",
    ),
    "approvalPolicy.enabled=false,approvalPolicy.failurePolicy=Ignore": (
        "approvalPolicy.failurePolicy: has no effect",
        "Set enabled=true",
    ),
    "jobsPolicy.enabled=false,jobsPolicy.trustedUsers={a}": ("jobsPolicy.trustedUsers: ", "Set enabled=true"),
    "networkPolicy.databasePeers[0].ipBlock.cidr=10.0.0.0/8": (
        "networkPolicy.databasePeers: has no",
        "Set enabled=true",
    ),
    "dashboards.namespace=monitoring": ("dashboards.namespace: has no effect", "Set enabled=true"),
    "dashboards.annotations.grafana_folder=a": ("dashboards.annotations: has no effect", "Set enabled=true"),
    "serviceAccount.create=false,serviceAccount.annotations.a=b": ("serviceAccount.annotations: ", "create=true"),
    "podDisruptionBudget.enabled=true,podDisruptionBudget.maxUnavailable=0": (
        "podDisruptionBudget.maxUnavailable: would block every node drain",
        "Set it to 1",
    ),
    "metrics.serviceMonitor.enabled=true,metrics.podMonitor.enabled=true": ("metrics: serviceMonitor and", "Disable"),
    "metrics.serviceMonitor.labels.release=prometheus": ("metrics.serviceMonitor.labels: ", "Set enabled=true"),
    "metrics.podMonitor.relabelings[0].action=drop": ("metrics.podMonitor.relabelings: ", "Set enabled=true"),
    "metrics.podMonitor.scrapeTimeout=1m": ("metrics.podMonitor.scrapeTimeout: longer", "lower it"),
}

# Objects that the schema leaves open, each with its reason.
OPEN = {
    "global": "belongs to a parent chart",
    **{
        f"extraVolumes.{kind}": "the API server validates it, and its fields differ between versions"
        for kind in (
            *("configMap", "csi", "downwardAPI", "emptyDir"),
            *("ephemeral", "persistentVolumeClaim", "projected", "secret"),
        )
    },
}


@pytest.mark.parametrize("value", WRONG_VALUES)
def test_a_wrong_value_is_refused_by_its_name(helm: Program, value: str) -> None:
    message = helm.refusal(*template_arguments("--set", value))
    assert "values don't meet the specifications of the schema" in message
    assert WRONG_VALUES[value] in message


@pytest.mark.parametrize("value", CONTRADICTIONS)
def test_a_contradiction_is_refused_with_the_change_to_make(helm: Program, value: str) -> None:
    message = helm.refusal(*template_arguments("--set", value))
    sentence = message.partition("refusals.yaml")[2]
    for part in CONTRADICTIONS[value]:
        assert part in sentence


def test_a_reason_is_given_for_each_refusal_in_the_template() -> None:
    """One value at least for each sentence, so that none of them is dead."""
    sentences = (CHART / "templates" / "refusals.yaml").read_text().count("{{- fail ")
    # `env` has one sentence for three variables, and some others are tried twice.
    assert len(CONTRADICTIONS) >= sentences == 30


def test_every_value_is_in_the_schema_and_the_other_way_round() -> None:
    assert sorted(_paths(yaml.safe_load(VALUES))) == sorted(_schema_paths(SCHEMA))


def test_every_value_has_a_description() -> None:
    missing = [path for path, node in _properties(SCHEMA) if len(node.get("description", "")) < 10]
    assert missing == []


def test_every_object_is_closed() -> None:
    is_open = {
        path: node
        for path, node in _nodes(SCHEMA, "")
        if node.get("type") == "object" and node.get("additionalProperties") is not False
    }
    assert sorted(is_open) == sorted(OPEN)


def test_every_text_list_map_and_number_has_a_limit() -> None:
    limits = {"string": {"maxLength", "enum"}, "array": {"maxItems"}, "integer": {"maximum"}, "number": {"maximum"}}
    limits["object"] = {"maxProperties", "properties"}
    unlimited = [
        path
        for path, node in _nodes(SCHEMA, "")
        if path not in OPEN and str(node.get("type")) in limits and not limits[node["type"]] & node.keys()
    ]
    assert unlimited == []


def test_schema_and_readme_are_generated_from_the_values() -> None:
    module = runpy.run_path(str(CHART / "generate.py"))
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    hint = "run: python helm/generate.py"
    assert (CHART / "values.schema.json").read_text() == module["schema"](SCHEMA, VALUES), hint
    assert (CHART / "README.md").read_text() == module["readme"](SCHEMA, VALUES, chart), hint


def test_a_comment_of_the_values_becomes_the_description() -> None:
    module = runpy.run_path(str(CHART / "generate.py"))
    assert module["descriptions"]("a:\n  # First line\n  # and second.\n  b: 1\nc: 2\n") == {
        ("a", "b"): "First line and second."
    }


def test_the_default_values_are_accepted(helm: Program) -> None:
    assert template(helm)


def _is_block(node: Json) -> bool:
    """Return whether the values of an object are listed one by one: types of Kubernetes are one value."""
    return "properties" in node and not {"requests", "nodeAffinity"} & node["properties"].keys()


def _properties(node: Json, parent: str = "") -> Iterator[tuple[str, Json]]:
    for name, child in node["properties"].items():
        yield f"{parent}{name}", child
        if _is_block(child):
            yield from _properties(child, f"{parent}{name}.")


def _schema_paths(node: Json) -> set[str]:
    return {path for path, child in _properties(node) if not _is_block(child)} - {"global"}


def _paths(values: Json, parent: str = "") -> Iterator[str]:
    """Yield the path of each value; maps that the schema does not list key by key are one value."""
    for name, value in values.items():
        if isinstance(value, dict) and value and name != "resources":
            yield from _paths(value, f"{parent}{name}.")
        else:
            yield f"{parent}{name}"


def _nodes(node: Json, path: str) -> Iterator[tuple[str, Json]]:
    """Yield every schema in a schema, with its path; items of lists and values of maps have that of their parent."""
    yield path, node
    for name, child in (*node.get("properties", {}).items(), *node.get("definitions", {}).items()):
        yield from _nodes(child, f"{path}.{name}".lstrip("."))
    for child in (node.get("items"), *node.get("patternProperties", {}).values()):
        if child is not None:
            yield from _nodes(child, path)
