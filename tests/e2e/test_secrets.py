"""The database's password stands in its Secrets and nowhere else: searched in all that this session left anywhere."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from tests.e2e.audit import AuditLog
from tests.e2e.evidence import COMMAND_LINES, Evidence
from tests.e2e.figures import Figures
from tests.e2e.installation import NAMESPACE, Installation
from tests.e2e.place import Place, make_secret
from tests.e2e.postgres import Postgres

pytestmark = pytest.mark.alone


def spellings(password: str) -> list[bytes]:
    """As it is, and its middle in Base64 at each of the three alignments."""
    encoded = [base64.b64encode(b" " * shift + password.encode())[4:-4] for shift in range(3)]
    return [password.encode(), *encoded]


@pytest.fixture(scope="module")
def searched(
    new_place: Callable[[], object],
    installation: Installation,
    postgres: Postgres,
    evidence: Evidence,
    audit_log: AuditLog | None,
    password: str,
) -> dict[str, str]:
    """The run's texts, and those of sweeps that fail in talkative ways."""
    with new_place() as place:
        assert isinstance(place, Place)
        # Its own Secret holds the canary as a part of the wrong password.
        make_secret(place.server, place.name, "wrong", uri=postgres.url(place.name, password=f"{password}-wrong"))
        make_secret(place.server, place.name, "garbage", uri=f"postgresql://optuna:{password}@[half/a url")
        wrong, garbage = place.sweep("wrong"), place.sweep("garbage")
        wrong["spec"]["study"]["storage"] = {"secretRef": {"name": "wrong"}}
        garbage["spec"]["study"]["storage"] = {"secretRef": {"name": "garbage"}}
        talkative = place.sweep("talkative", python="train:tells_everything", most=2, replicas=1)
        place.apply(wrong, garbage, talkative)
        place.until_condition("wrong", "StorageReady", "False", reason="AuthenticationFailed")
        place.until_condition("garbage", "StorageReady", "False", reason="InvalidUrl")
        place.until_condition("talkative", "Failed", reason="NoTrialCompleted")
        evidence.add("metrics", installation.get("/metrics"))
    evidence.read_namespace(NAMESPACE)
    if audit_log is not None:
        evidence.add("audit log", audit_log.text())
    return evidence.texts


def test_the_search_would_find_it(searched: dict[str, str], password: str) -> None:
    """A search that looks at nothing finds nothing."""
    secret = base64.b64encode(f"postgresql://optuna:{password}@postgres/optuna".encode())
    assert any(spelling in secret for spelling in spellings(password))
    for part in ("log of ", "objects of ", "describe of ", "metrics", "attributes in the database"):
        assert any(place.startswith(part) and text.strip() for place, text in searched.items()), part
    assert any("HPOSWEEP_STUDY" in text for place, text in searched.items() if "talkative" in place)
    assert "hposweep_trials" in searched["metrics"]


def test_the_password_is_nowhere_outside_its_secret(searched: dict[str, str], password: str, figures: Figures) -> None:
    found = [
        place for place, text in searched.items() if any(spelling in text.encode() for spelling in spellings(password))
    ]
    figures.tell(f"searched {len(searched)} places, {sum(map(len, searched.values())):,} characters")
    assert found == []


def test_processes_were_looked_at_where_they_can_be_seen(searched: dict[str, str]) -> None:
    seen = searched.get(COMMAND_LINES, "")
    if "hposweep" not in seen:
        pytest.skip("the nodes' processes are not on this machine")
    assert "python -m hpotrial" in seen
