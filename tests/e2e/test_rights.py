"""The chart grants the operator what it uses, and nothing else: its role against the API server's own record.

Runs near the end of a session, so that the record covers everything that the other tests made the operator do; what it
needs at its start and for sweeps in each situation happens here once more, so that this file can also run alone.
"""

from __future__ import annotations

import subprocess

import pytest
import yaml

from tests.contract.conftest import ROOT
from tests.e2e.audit import AuditLog, Request
from tests.e2e.every_permission import use_every_permission
from tests.e2e.evidence import Evidence
from tests.e2e.figures import Figures
from tests.e2e.installation import USER, Installation
from tests.e2e.operator_process import kill
from tests.e2e.permissions import Right, denied_in, differences, granted_by, used_in
from tests.e2e.place import Place
from tests.packaging.chart import template_arguments

pytestmark = pytest.mark.alone


def granted() -> set[Right]:
    rendered = subprocess.run(
        ["helm", *template_arguments()], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    (role,) = (
        item
        for item in yaml.safe_load_all(rendered)
        if item and item["kind"] == "ClusterRole" and item["metadata"]["name"] == "hposweep-operator"
    )
    return granted_by(role)


@pytest.fixture(scope="module")
def asked(
    audit_log: AuditLog | None, new_place: object, installation: Installation, evidence: Evidence
) -> list[Request]:
    """Everything that the operator asked for in this session."""
    if audit_log is None:
        pytest.skip("AUDIT_LOG is not set: only our own cluster shows its audit log")
    kill(installation, evidence)
    installation.wait_until_ready()
    with new_place() as place:
        assert isinstance(place, Place)
        use_every_permission(place)
    asked = list(audit_log.requests(USER))
    assert len({entry.verb for entry in asked}) > 1, "the log is blind"
    return asked


def test_the_permissions_that_are_granted_are_those_that_are_used(asked: list[Request]) -> None:
    assert differences(granted(), used_in(asked)) == []


def test_the_operator_never_asks_for_what_it_may_not(asked: list[Request], figures: Figures) -> None:
    assert denied_in(asked) == set()
    figures.tell(
        f"{len(asked)} requests by the operator, {len({(e.resource, e.verb) for e in asked})} kinds, none denied"
    )
