"""Every sweep that the documentation shows is accepted by a real API server as it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.kubectl import Kubectl
from tests.documents import sweeps

pytestmark = pytest.mark.cluster
SWEEPS = sweeps()


@pytest.mark.parametrize("body", SWEEPS.values(), ids=SWEEPS.keys())
def test_a_sweep_in_the_documentation_is_accepted(body: dict[str, Any], kubectl: Kubectl, namespace: str) -> None:
    body = {**body, "metadata": {"name": body["metadata"]["name"], "namespace": namespace}}
    kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=json.dumps(body))
