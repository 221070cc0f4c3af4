"""The pods of a sweep whose database must have TLS: the certificate is mounted, and the mode is in the environment."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.api.names import BASELINE_PHASE, PREFLIGHT_PHASE, SEARCH_PHASE
from hposweep.plan.podtemplate import pod_template
from hpotrial import protocol
from tests import builders
from tests.unit import world

KEY = {"name": "db-ca", "key": "tls.crt"}
ITEMS = [{"key": "tls.crt", "path": "ca.crt"}]


def pod(tls: dict[str, Any] | None, phase: str = SEARCH_PHASE) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the pod's spec and the variables of the container by name."""
    storage = {"secretRef": {"name": "db", "key": "uri"}, **({"tls": tls} if tls is not None else {})}
    sweep = world.sweep(study=builders.study(storage=storage), preflight={}, baselineTrial={})
    spec = pod_template(sweep, phase)["spec"]
    return spec, {entry["name"]: entry for entry in spec["containers"][0]["env"]}


@pytest.mark.parametrize("phase", [PREFLIGHT_PHASE, BASELINE_PHASE, SEARCH_PHASE])
@pytest.mark.parametrize(
    ("reference", "source"),
    [
        ({"configMap": KEY}, {"configMap": {"name": "db-ca", "items": ITEMS}}),
        ({"secret": KEY}, {"secret": {"secretName": "db-ca", "items": ITEMS}}),
    ],
)
def test_the_pods_of_all_phases_have_the_certificate(
    phase: str, reference: dict[str, Any], source: dict[str, Any]
) -> None:
    spec, variables = pod({"mode": "VerifyFull", "caRef": reference}, phase)
    assert {"name": "hposweep-database-ca", **source} in spec["volumes"]
    mount = {"name": "hposweep-database-ca", "mountPath": "/hposweep/database", "readOnly": True}
    assert mount in spec["containers"][0]["volumeMounts"]
    assert variables[protocol.CA_FILE_ENV]["value"] == "/hposweep/database/ca.crt"
    assert variables[protocol.TLS_MODE_ENV]["value"] == "VerifyFull"


def test_a_worker_that_knows_no_tls_gets_no_url() -> None:
    spec, variables = pod({"mode": "Require"})
    assert protocol.STORAGE_URL_ENV not in variables
    assert variables[protocol.TLS_STORAGE_URL_ENV]["valueFrom"] == {"secretKeyRef": {"name": "db", "key": "uri"}}
    assert protocol.CA_FILE_ENV not in variables
    assert "hposweep-database-ca" not in {volume["name"] for volume in spec["volumes"]}


def test_without_the_field_nothing_is_added() -> None:
    spec, variables = pod(None)
    assert {protocol.TLS_MODE_ENV, protocol.TLS_STORAGE_URL_ENV, protocol.CA_FILE_ENV}.isdisjoint(variables)
    assert [volume["name"] for volume in spec["volumes"]] == ["hposweep-tmp"]
