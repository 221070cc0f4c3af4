"""The life of the chart on a cluster: `helm test`, upgrade, rollback, namespaced mode, uninstall, and `oci://`.

Each test leaves the operator installed as it was. In the middle of its sweep, no worker may restart.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.e2e.audit import AuditLog
from tests.e2e.every_permission import use_every_permission
from tests.e2e.figures import Figures
from tests.e2e.installation import DEPLOYMENT, USER
from tests.e2e.permissions import denied_in, differences, granted_by, used_in
from tests.e2e.place import Place
from tests.e2e.release import Release

pytestmark = [pytest.mark.alone, pytest.mark.timeout(420)]

MOST, SECONDS = 60, 3.0  # trials of the sweep that goes on meanwhile, and how long each takes
CRD = "hposweeps.hposweep.dev"


def workers(place: Place, name: str) -> dict[str, tuple[str, int]]:
    """Return uid and restarts of each pod of a sweep."""
    return {
        pod["metadata"]["name"]: (
            pod["metadata"]["uid"],
            sum(status["restartCount"] for status in pod["status"].get("containerStatuses", [])),
        )
        for pod in place.pods(name)
    }


def start(place: Place, name: str) -> dict[str, tuple[str, int]]:
    """Start a sweep that lasts for minutes, and return its workers once they have finished a trial."""
    place.apply(place.sweep(name, seconds=SECONDS, most=MOST))
    place.until_trials(name, COMPLETE=2)
    pods = workers(place, name)
    assert len(pods) == 2
    return pods


def assert_still_running(place: Place, name: str, pods: dict[str, tuple[str, int]]) -> None:
    counts = place.database.counts(place.study(name))
    assert counts["charged"] < MOST, f"the sweep must outlast the change of the release: {counts}"
    assert workers(place, name) == pods


def assert_ended_undisturbed(place: Place, name: str, pods: dict[str, tuple[str, int]]) -> None:
    place.until_condition(name, "Complete", reason="BudgetReached", seconds=200)
    trials = place.database.trials(place.study(name))
    assert [trial.number for trial in trials] == list(range(MOST))
    assert {trial.state for trial in trials} == {"COMPLETE"}
    assert workers(place, name) == pods


def test_the_check_of_the_chart_passes_and_leaves_nothing_behind(release: Release) -> None:
    assert "Succeeded" in release.test()
    assert not [name for name in release.objects() if "hposweep-test" in name]


def test_an_upgrade_and_a_rollback_restart_no_worker(place: Place, release: Release, figures: Figures) -> None:
    pods = start(place, "upgraded")
    release.upgrade("--set", "podAnnotations.upgraded=yes", "--set", "logLevel=DEBUG")
    assert release.annotations()["upgraded"] == "yes"
    assert_still_running(place, "upgraded", pods)
    release.roll_back()
    assert "upgraded" not in release.annotations()
    assert_still_running(place, "upgraded", pods)
    assert_ended_undisturbed(place, "upgraded", pods)
    figures.tell(f"helm upgrade and rollback beside a sweep: {MOST} trials, {len(pods)} workers, no restart")


def test_a_namespaced_operator_uses_each_permission_of_its_role_and_needs_none_elsewhere(
    place: Place, release: Release, audit_log: AuditLog | None, figures: Figures
) -> None:
    kubectl = release.installation.kubectl
    release.stop_the_operator()
    since = AuditLog.from_now_on() if audit_log is not None else None
    release.upgrade("--set", "scope=Namespaced", "--set", f"watchNamespaces={{{place.name}}}")
    for kind in ("clusterrole", "clusterrolebinding"):
        assert "NotFound" in kubectl.refusal("get", kind, DEPLOYMENT)
    if since is None:  # only our own cluster shows its audit log
        place.apply(place.sweep("namespaced", most=4))
        place.until_condition("namespaced", "Complete", reason="BudgetReached")
        return
    use_every_permission(place)
    requests = list(since.requests(USER))
    granted = granted_by(json.loads(place("get", "role", DEPLOYMENT, "-o", "json")))
    assert denied_in(requests) == set()
    assert {entry.namespace for entry in requests} == {place.name}
    assert differences(granted, used_in(requests)) == []
    figures.tell(f"namespaced operator: {len(granted)} permissions in one namespace, all used, none denied")


def test_an_uninstall_leaves_the_sweeps_and_an_installation_from_a_registry_continues_them(
    place: Place, release: Release, images: dict[str, str], tmp_path: Path, figures: Figures
) -> None:
    chart = release.push_chart(os.environ["REGISTRY"], tmp_path)
    pods = start(place, "orphaned")
    release.stop_the_operator()
    release.uninstall()
    assert release.objects() == []
    assert release.installation.kubectl("get", "crd", CRD, "-o", "name").strip().endswith(CRD)
    assert place.names() == ["orphaned"]
    assert_still_running(place, "orphaned", pods)
    started = time.monotonic()
    release.install(images["operator"], *chart)
    figures.tell(f"helm install oci://: the operator is ready after {time.monotonic() - started:.0f} s")
    assert_ended_undisturbed(place, "orphaned", pods)
