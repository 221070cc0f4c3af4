"""Alerts about the operator itself, each made to fire by a real fault that ends again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from tests import builders
from tests.contract.apiserver import ApiServer
from tests.e2e import prometheus
from tests.e2e.figures import Figures
from tests.e2e.installation import Installation
from tests.e2e.patience import until
from tests.e2e.place import Place, make_secret
from tests.e2e.prometheus import Prometheus

pytestmark = pytest.mark.alone

NAME = "watched"
RECONCILE_SECONDS = 20  # the sweep changes each second, and each change is a pass
THRESHOLDS = {"reconcileSeconds": RECONCILE_SECONDS}
FIRING_SECONDS = 150
POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"
# An admission policy, and not a missing permission: the record of the API server must show none (test_rights).
POLICY_NAME = "hposweep-e2e-no-status"
POLICY = {
    "metadata": {"name": POLICY_NAME},
    "spec": {
        "failurePolicy": "Fail",
        "matchConstraints": {
            "resourceRules": [
                {
                    "apiGroups": ["hposweep.dev"],
                    "apiVersions": ["*"],
                    "operations": ["UPDATE"],
                    "resources": ["hposweeps/status"],
                }
            ]
        },
        "validations": [{"expression": "false", "message": "no status may be written", "reason": "Forbidden"}],
    },
}
BINDING = {
    "metadata": {"name": POLICY_NAME},
    "spec": {"policyName": POLICY_NAME, "validationActions": ["Deny"]},
}
# Values as text, as a dump that was restored by hand may have them.
BREAK_VALUES = "alter table trial_values alter column value type text using value::text"
MEND_VALUES = "alter table trial_values alter column value type double precision using value::double precision"


@pytest.fixture(scope="module")
def place(new_place: Callable[[], object]) -> Iterator[Place]:
    with new_place() as made:  # type: ignore[attr-defined]  # a context manager
        assert isinstance(made, Place)
        make_secret(made.server, made.name, "chat", **{f"url-{n}": f"json://nowhere-{n}.invalid/" for n in range(4)})
        notify = [{"secretRef": {"name": "chat", "key": f"url-{n}"}, "events": ["Ended"]} for n in range(4)]
        study = builders.study(direction="Minimize", objective="loss", sampler={"name": "RandomSampler"})
        made.apply(
            made.sweep(NAME, most=5000, replicas=1, study=study),  # its sampler reads no values
            made.sweep("ended", most=1, replicas=1, notify=notify),
        )
        made.until_trials(NAME, COMPLETE=3)
        yield made


@pytest.fixture(scope="module")
def watched(
    place: Place, server: ApiServer, installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    folder, rules = tmp_path_factory.mktemp("prometheus"), prometheus.alert_rules(THRESHOLDS)
    with prometheus.started(server.client, folder, rules) as running:
        until(lambda: running.query("hposweep_info"), seconds=FIRING_SECONDS, what="the operator is scraped")
        yield running


def test_no_pass_succeeds(place: Place, server: ApiServer, watched: Prometheus, figures: Figures) -> None:
    with _policy(server):
        _fires(figures, watched, "HPOSweepOperatorNotReconciling", "an admission policy refuses every status")
    _ends(place, watched, "HPOSweepOperatorNotReconciling")


def test_passes_end_with_an_error(place: Place, watched: Prometheus, figures: Figures) -> None:
    place.database.rows(BREAK_VALUES)
    try:
        _fires(figures, watched, "HPOSweepOperatorErrors", "values in the database are text")
    finally:
        place.database.rows(MEND_VALUES)
    place.patch(NAME, trials={"max": 5001})  # wakes the sweep, whose passes are minutes apart by now
    finished = place.status(NAME)["trials"]["finished"]
    until(
        lambda: place.status(NAME)["trials"]["finished"] > finished,
        seconds=FIRING_SECONDS,
        what="passes go on after the fault",
    )


def test_no_notification_is_sent(place: Place, watched: Prometheus, figures: Figures) -> None:
    place.until_condition("ended", "Notified", "False")
    created = datetime.fromisoformat(place.sweeps.read("ended")["metadata"]["creationTimestamp"])
    cause = "the hosts of all notifications have no address"
    _fires(figures, watched, "HPOSweepNotificationsFailing", cause, created)


@contextmanager
def _policy(server: ApiServer) -> Iterator[None]:
    server.send("POST", POLICIES, POLICY)
    try:
        server.send("POST", BINDINGS, BINDING)
        yield
    finally:
        server.send("DELETE", f"{BINDINGS}/{POLICY_NAME}")
        server.send("DELETE", f"{POLICIES}/{POLICY_NAME}")


def _fires(figures: Figures, running: Prometheus, alert: str, cause: str, start: datetime | None = None) -> None:
    """Wait until an alert fires, and print how long it took, from now on or from `start`."""
    start = start or datetime.now(UTC)
    since = until(
        running.firing_since,
        lambda firing: (alert, "") in firing,
        seconds=FIRING_SECONDS,
        what=f"{alert} fires",
    )
    figures.tell(f"| {alert} | {cause} | {(since[alert, ''] - start).total_seconds():.0f} |")


def _ends(place: Place, running: Prometheus, alert: str) -> None:
    place.patch(NAME, trials={"max": 5002})  # wakes the sweep, whose passes are minutes apart by now
    until(lambda: (alert, "") not in running.firing(), seconds=FIRING_SECONDS, what=f"{alert} has ended")
