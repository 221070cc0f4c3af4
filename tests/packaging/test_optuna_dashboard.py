"""optuna-dashboard in the chart: nothing by default, the URL from a Secret only, and no pod admitted."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from hposweep.optuna_dashboard.__main__ import PORT, parser
from hpotrial.protocol import STORAGE_URL_ENV
from tests.packaging.chart import template
from tests.packaging.chart_options import PLACEMENT, arguments
from tests.packaging.checkout import CHART, ROOT
from tests.packaging.program import Program

Json = dict[str, Any]

NAME = "hposweep-optuna-dashboard"
GUIDE = (ROOT / "docs" / "how-to" / "optuna-dashboard.md").read_text()
PEER = {"podSelector": {"matchLabels": {"app": "proxy"}}}


def rendered(helm: Program, *more: str, **values: Any) -> dict[str, Json]:
    """Return the objects of the component by kind."""
    dashboard = {"enabled": True, "storage": {"secret": "optuna-db"}, **values}
    objects = template(helm, *arguments({"optunaDashboard": dashboard}), *more)
    return {item["kind"]: item for item in objects if item["metadata"]["name"] == NAME}


def container_of(objects: dict[str, Json]) -> Json:
    (container,) = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    return dict(container)


def test_it_is_off_by_default(helm: Program) -> None:
    assert [item for item in template(helm) if "dashboard" in json.dumps(item["metadata"])] == []


def test_the_url_comes_from_a_secret_and_the_pod_has_no_token(helm: Program) -> None:
    objects = rendered(helm, storage={"secret": "db", "key": "url"})
    container = container_of(objects)
    (variable,) = (entry for entry in container["env"] if entry["name"] == STORAGE_URL_ENV)
    assert variable["valueFrom"] == {"secretKeyRef": {"name": "db", "key": "url"}}
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert "serviceAccountName" not in pod
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["securityContext"]["runAsNonRoot"] is True


@pytest.mark.parametrize("may_change", [False, True])
def test_the_process_understands_its_arguments(helm: Program, may_change: bool) -> None:
    container = container_of(rendered(helm, allowChanges=may_change))
    assert container["command"] == ["python", "-m", "hposweep.optuna_dashboard"]
    options = parser().parse_args(container.get("args", []))
    assert (options.allow_changes, options.port) == (may_change, PORT)
    assert container["ports"] == [{"name": "http", "containerPort": PORT}]


def test_the_service_is_internal_and_leads_to_no_operator(helm: Program) -> None:
    objects = rendered(helm)
    labels = objects["Deployment"]["spec"]["template"]["metadata"]["labels"]
    service = objects["Service"]["spec"]
    assert service["type"] == "ClusterIP"
    assert service["selector"].items() <= labels.items()
    (operator,) = (item for item in template(helm) if item["kind"] == "Service")
    assert not operator["spec"]["selector"].items() <= labels.items()


@pytest.mark.parametrize(("peers", "rules"), [([], []), ([PEER], [{"from": [PEER], "ports": [{"port": "http"}]}])])
def test_the_network_policy_admits_the_listed_peers_only(helm: Program, peers: list[Json], rules: list[Json]) -> None:
    objects = rendered(helm, allowedPeers=peers)
    policy = objects["NetworkPolicy"]["spec"]
    labels = objects["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert policy["podSelector"]["matchLabels"].items() <= labels.items()
    assert policy["policyTypes"] == ["Ingress"]
    assert policy["ingress"] == rules


def test_placement_and_certificates_reach_it(helm: Program) -> None:
    objects = rendered(helm, *arguments({**PLACEMENT, "caBundle": {"secret": "our-ca"}}))
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    container = container_of(objects)
    assert {name: pod[name] for name in PLACEMENT} == PLACEMENT
    (path,) = (entry["value"] for entry in container["env"] if entry["name"] == "PGSSLROOTCERT")
    (mount,) = (mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "ca-bundle")
    assert Path(path).parent == Path(mount)


def test_the_notes_of_the_installation_warn() -> None:
    notes = (CHART / "templates" / "NOTES.txt").read_text()
    (warning,) = re.findall(r"if \.Values\.optunaDashboard\.enabled }}\n\n(WARNING: .*?)\n\n", notes, re.DOTALL)
    assert "has no login" in warning
    assert "delete" in warning
    assert "> **Warning.** optuna-dashboard has no login." in GUIDE


def test_the_values_of_the_guide_are_accepted(helm: Program, tmp_path: Path) -> None:
    blocks = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)]
    (values,) = (block for block in blocks if "optunaDashboard" in block)
    (tmp_path / "values.yaml").write_text(yaml.safe_dump(values))
    names = {item["metadata"]["name"] for item in template(helm, "--values", str(tmp_path / "values.yaml"))}
    assert NAME in names


def test_the_commands_of_the_guide_name_what_exists(helm: Program) -> None:
    options = re.findall(r"--set (optunaDashboard\.\S+)", GUIDE)
    assert "optunaDashboard.enabled=false" in options
    on = ",".join(option for option in options if not option.endswith("false"))
    (service,) = (
        item for item in template(helm, "--set", on) if (item["kind"], item["metadata"]["name"]) == ("Service", NAME)
    )
    (port,) = service["spec"]["ports"]
    assert port["port"] == PORT
    assert f"service/{NAME} {PORT}\n" in GUIDE
