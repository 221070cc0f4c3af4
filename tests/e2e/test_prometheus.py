"""A real Prometheus scrapes the operator, answers the rules' queries, and fires alerts about sweeps that misbehave."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.builders import best_value
from tests.contract.apiserver import ApiServer
from tests.e2e import prometheus
from tests.e2e.installation import Installation
from tests.e2e.patience import until
from tests.e2e.place import Place, make_secret
from tests.e2e.prometheus import Prometheus

# Seconds and counts that a test reaches, in place of the chart's.
THRESHOLDS = {
    "failedRatio": 0.05,
    "failedMinTrials": 3,
    "trialSeconds": 2,
    "noProgressSeconds": 2,
    "noImprovementSeconds": 2,
    "decisionSeconds": 1,
    "approvalSeconds": 1,
    "budgetRatio": 0.01,
    "reconcileSeconds": 900,
}
FIRING_SECONDS = 120
UNREACHABLE_URL = "postgresql://nobody:nothing@127.0.0.1:9/nothing"  # no server listens there
# Alerts and the sweep that each must name.
ALERTS = {
    "HPOSweepFailed": "failing",
    "HPOSweepTrialsFailing": "every-other",
    "HPOSweepTrialSlow": "slow",
    "HPOSweepNoTrialFinished": "slow",
    "HPOSweepNoImprovement": "every-other",
    "HPOSweepWorkersNotReady": "nowhere",
    "HPOSweepDecisionPending": "asks",
    "HPOSweepApprovalPending": "unapproved",
    "HPOSweepBudgetNearlySpent": "every-other",
    "HPOSweepDatabaseDown": "",
}


@pytest.fixture(scope="module")
def watched(
    shared: Place, server: ApiServer, installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """Sweeps that misbehave, each in its own way, and a Prometheus that does not reach the operator at first."""
    folder, rules = tmp_path_factory.mktemp("prometheus"), prometheus.alert_rules(THRESHOLDS)
    with prometheus.started(server.client, folder, rules, "/nothing") as running:
        until(
            lambda: ("HPOSweepOperatorDown", "") in running.firing(),
            seconds=FIRING_SECONDS,
            what="an operator without metrics is noticed",
        )
        make_secret(server, shared.name, "nowhere", uri=UNREACHABLE_URL)
        shared.apply(*_sweeps(shared))
        running.scrape_from(server.client, "/metrics")
        yield running


def _sweeps(place: Place) -> Iterator[dict[str, object]]:
    yield place.sweep("failing", python="failing:without_data", most=3, replicas=1)
    yield place.sweep("every-other", python="failing:every_other", seconds=0.3, most=500, replicas=1)
    yield place.sweep("slow", python="failing:never_ends", most=5, replicas=1)
    question = {
        "name": "half",
        "at": {"trials": 2},
        "rules": [{"when": best_value(less_than=-1.0), "then": "Stop", "label": "never"}],
        "otherwise": "Ask",
        "ask": {"deadlineSeconds": 600, "default": "Stop"},
    }
    yield place.sweep("asks", most=500, replicas=1, decisionPoints=[question])
    yield place.sweep("unapproved", approval={"required": True})
    nowhere = place.sweep("nowhere", replicas=1)
    nowhere["spec"]["workers"]["template"]["spec"]["nodeSelector"] = {"kubernetes.io/hostname": "nowhere"}
    yield nowhere
    lost = place.sweep("lost", replicas=1)
    lost["spec"]["study"]["storage"] = {"secretRef": {"name": "nowhere", "key": "uri"}}
    yield lost


def test_the_scrape_is_clean(installation: Installation, watched: Prometheus) -> None:
    check = subprocess.run(
        [prometheus.program("promtool"), "check", "metrics"],
        input=installation.get("/metrics"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (check.returncode, check.stdout + check.stderr) == (0, "")


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_fires_about_a_sweep_that_misbehaves(watched: Prometheus, alert: str) -> None:
    until(
        watched.firing,
        lambda firing: (alert, ALERTS[alert]) in firing,
        seconds=FIRING_SECONDS,
        what=f"{alert} fires about {ALERTS[alert] or 'the operator'}",
    )


def test_an_alert_ends_with_its_cause(watched: Prometheus) -> None:
    assert ("HPOSweepOperatorDown", "") not in watched.firing()


def test_every_rule_is_evaluated_without_an_error(watched: Prometheus) -> None:
    groups = watched.get("rules")["groups"]
    health = {rule["name"]: (rule["health"], rule.get("lastError", "")) for group in groups for rule in group["rules"]}
    assert set(health.values()) == {("ok", "")}, health


def test_the_series_of_a_deleted_sweep_end(shared: Place, watched: Prometheus) -> None:
    name = "failing"
    selector = f'hposweep_info{{namespace="{shared.name}", hposweep="{name}"}}'
    assert watched.query(selector)
    shared.delete(name)
    until(lambda: not watched.query(selector), seconds=FIRING_SECONDS, what=f"the series of {name} have ended")
