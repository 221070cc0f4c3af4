"""Notifications on a cluster: an address inside is refused, the sweep ends as it would, and the URL appears nowhere.

What a service receives is tested in tests/unit/notify, where the operator's host list is the test's own.
"""

from __future__ import annotations

import pytest

from tests.e2e.place import Place, make_secret

NAME = "notified"
ADDRESS = "kubernetes.default.svc"


@pytest.fixture(scope="module")
def ended(shared: Place, password: str) -> Place:
    make_secret(shared.server, shared.name, "chat", url=f"jsons://sweeps:{password}@{ADDRESS}/hook?verify=no")
    notify = [{"secretRef": {"name": "chat", "key": "url"}, "events": ["Ended"]}]
    shared.apply(shared.sweep(NAME, most=2, replicas=1, notify=notify))
    shared.until_condition(NAME, "Complete")
    return shared


def test_a_service_of_the_cluster_is_not_reached_by_default(ended: Place) -> None:
    condition = ended.until_condition(NAME, "Notified", "False", reason="Retrying")
    assert "its host is not allowed by `HPOSWEEP_NOTIFY_HOSTS` of the operator" in condition["message"]
    (row,) = ended.status(NAME)["notifications"]
    assert (row["event"], row["subject"], row["outcome"]) == ("Ended", "Complete", "Pending")
    assert row["attempts"] >= 1


def test_a_failing_notification_leaves_the_sweep_as_it_is(ended: Place) -> None:
    ended.until_condition(NAME, "Notified", "False")
    assert ended.status(NAME)["state"] == "Complete"
    assert ended.conditions(NAME)["Healthy"]["status"] == "True"


def test_the_url_is_in_no_output(ended: Place, password: str) -> None:
    ended.until_condition(NAME, "Notified", "False")
    texts = (ended("describe", "hposweep", NAME), ended("get", "hposweep", NAME, "-o", "yaml"), ended("get", "events"))
    assert [text for text in texts if password in text or ADDRESS in text] == []
