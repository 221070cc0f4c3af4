"""The operator's NetworkPolicy: off by default, and when it is on, exactly the traffic that the operator has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.documents import ROOT
from tests.packaging.chart import pod_of, template, template_arguments
from tests.packaging.chart_options import arguments
from tests.packaging.program import Program

Json = dict[str, Any]
NAME = "hposweep-operator"
PEER = {"namespaceSelector": {"matchLabels": {"team": "databases"}}}
TEST_PEER = {
    "podSelector": {"matchLabels": {"app.kubernetes.io/name": "hposweep", "app.kubernetes.io/component": "test"}}
}


def policies(objects: list[Json]) -> list[Json]:
    return [item for item in objects if item["kind"] == "NetworkPolicy" and item["metadata"]["name"] == NAME]


def rendered(helm: Program, **values: Any) -> tuple[Json, list[Json]]:
    objects = helm.objects(*template_arguments(*arguments({"networkPolicy": {"enabled": True, **values}})))
    (policy,) = policies(objects)
    spec: Json = policy["spec"]
    return spec, objects


def egress(spec: Json) -> dict[tuple[int, ...], list[Json] | None]:
    """Return the peers of each rule by its ports; None for all addresses."""
    return {tuple(entry["port"] for entry in rule["ports"]): rule.get("to") for rule in spec["egress"]}


def test_it_is_off_by_default(helm: Program) -> None:
    assert policies(template(helm)) == []


def test_it_selects_the_operator_only_and_its_metrics_port(helm: Program) -> None:
    spec, objects = rendered(helm)
    pod = pod_of(item for item in objects if item["kind"] == "Deployment")
    assert spec["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    (check,) = (item for item in objects if item["kind"] == "Pod")
    assert not spec["podSelector"]["matchLabels"].items() <= check["metadata"]["labels"].items()
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    (ingress,) = spec["ingress"]
    assert ingress == {"ports": [{"port": "http"}]}
    (container,) = pod["spec"]["containers"]
    assert [port["name"] for port in container["ports"]] == ["http"]


def test_without_peers_it_limits_the_ports(helm: Program) -> None:
    spec, _ = rendered(helm)
    assert egress(spec) == {(53, 53): None, (443, 6443): None, (5432,): None, (443, 465, 587): None}
    assert [entry["protocol"] for entry in spec["egress"][0]["ports"]] == ["UDP", "TCP"]


@pytest.mark.parametrize(
    ("field", "ports"), [("dnsPeers", (53, 53)), ("apiServerPeers", (443, 6443)), ("databasePeers", (5432,))]
)
def test_peers_limit_one_rule(helm: Program, field: str, ports: tuple[int, ...]) -> None:
    spec, _ = rendered(helm, **{field: [PEER]})
    assert {key: value for key, value in egress(spec).items() if value is not None} == {ports: [PEER]}


def test_ports_can_be_others_and_notifications_none(helm: Program) -> None:
    spec, _ = rendered(helm, databasePorts=[5432, 6432], apiServerPorts=[6443], notificationPorts=[])
    assert list(egress(spec)) == [(53, 53), (6443,), (5432, 6432)]


def test_listed_scrapers_and_the_pod_of_helm_test_are_admitted(helm: Program) -> None:
    spec, objects = rendered(helm, metricsPeers=[PEER])
    assert spec["ingress"][0]["from"] == [PEER, TEST_PEER]
    (check,) = (item for item in objects if item["kind"] == "Pod")
    assert TEST_PEER["podSelector"]["matchLabels"].items() <= check["metadata"]["labels"].items()


@pytest.mark.parametrize(
    "value", ['{"databasePorts": []}', '{"databasePorts": [0]}', '{"databasePeers": [{}]}', '{"peers": []}']
)
def test_other_values_are_refused(helm: Program, value: str) -> None:
    assert "networkPolicy" in helm.refusal(*template_arguments("--set-json", f"networkPolicy={value}"))


def test_the_guide_names_each_value(helm: Program) -> None:
    spec, _ = rendered(helm)
    guide = (ROOT / "docs/how-to/install.md").read_text().partition("## Limit the operator's network")[2]
    for name in ("metricsPeers", "dnsPeers", "apiServerPeers", "apiServerPorts", "databasePeers", "databasePorts"):
        assert f"`{name}`" in guide
    assert len(spec["egress"]) == 4
