"""A real Prometheus scrapes the operator, answers the rules' queries, and fires alerts about sweeps that misbehave."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import yaml

from tests import metric_names
from tests.builders import best_value
from tests.contract.apiserver import ApiServer
from tests.contract.conftest import ROOT
from tests.e2e import prometheus
from tests.e2e.figures import Figures
from tests.e2e.installation import DEPLOYMENT, Installation
from tests.e2e.patience import until
from tests.e2e.place import Place, make_secret
from tests.e2e.postgres import Postgres
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
MIN_NAMES = 30  # of metrics in rules and boards: the test below has read them
MONITOR = ROOT / "manifests" / "components" / "service-monitor" / "service-monitor.yaml"
UNREACHABLE_URL = "postgresql://nobody:nothing@{}:9/nothing"  # no server listens there
# Each alert with the sweep that it must name, "" for a database, and how it is made to fire. test_operator_alerts has
# those of the operator itself.
ALERTS = {
    "HPOSweepFailed": ("failing", "each trial raises, because its data is missing"),
    "HPOSweepNotStarted": ("lost", "no server listens at the address of its database"),
    "HPOSweepTrialsFailing": ("every-other", "every other trial raises"),
    "HPOSweepTrialSlow": ("slow", "a trial sleeps for an hour"),
    "HPOSweepNoTrialFinished": ("slow", "the only worker runs that trial"),
    "HPOSweepNoImprovement": ("every-other", "the best value is older than 2 s"),
    "HPOSweepOneValueDominates": ("constant", "the objective suggests the same value in each trial"),
    "HPOSweepWorkersNotReady": ("nowhere", "no node has the name of the nodeSelector"),
    "HPOSweepZombieTrials": ("slow", "another program leaves two trials RUNNING in the study"),
    "HPOSweepDecisionPending": ("asks", "a decision point asks, and nobody answers"),
    "HPOSweepApprovalPending": ("unapproved", "the sweep waits for an approval that nobody grants"),
    "HPOSweepBudgetNearlySpent": ("every-other", "1 % of the trials are used"),
    "HPOSweepDiskLow": ("constant", "`spec.preflight.disk` requires a petabyte, and only warns"),
    "HPOSweepDatabaseDown": ("", "no server listens at the address in the Secret"),
}
ADD_RUNNING_TRIALS = """
insert into trials (study_id, number, state, datetime_start)
select s.study_id, 1000 + n, 'RUNNING', now() from studies s, generate_series(1, 2) n where s.study_name = %(study)s
"""


@pytest.fixture(scope="module")
def watched(
    shared: Place,
    server: ApiServer,
    postgres: Postgres,
    installation: Installation,
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Prometheus]:
    """Sweeps that misbehave, each in its own way, and a Prometheus that does not reach the operator at first."""
    folder, rules = tmp_path_factory.mktemp("prometheus"), prometheus.alert_rules(THRESHOLDS)
    figures = Figures(pytestconfig)
    with prometheus.started(server.client, folder, rules, is_blind=True) as running:
        figures.tell("| alert | made to fire by | seconds until it fired |\n|---|---|---|")
        _tell(
            figures, running, "HPOSweepOperatorDown", "", "the scraper does not reach the operator", datetime.now(UTC)
        )
        make_secret(server, shared.name, "nowhere", uri=UNREACHABLE_URL.format(postgres.pod_address()))
        shared.apply(*_sweeps(shared))
        running.scrape_the_operator(server.client)
        shared.until_trials("slow", RUNNING=1)
        shared.database.rows(ADD_RUNNING_TRIALS, {"study": shared.study("slow")})
        yield running


def _tell(figures: Figures, running: Prometheus, alert: str, sweep: str, cause: str, start: datetime) -> None:
    """Wait until an alert fires, and print how long it took."""
    since = until(
        running.firing_since,
        lambda firing: (alert, sweep) in firing,
        seconds=FIRING_SECONDS,
        what=f"{alert} fires about {sweep or 'the operator'}",
    )
    figures.tell(f"| {alert} | {cause} | {(since[alert, sweep] - start).total_seconds():.0f} |")


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
    petabyte = {"failurePolicy": "Warn", "disk": [{"path": "/dev", "freeBytes": 10**15}]}
    yield place.sweep("constant", python="train:one_choice", most=500, replicas=1, preflight=petabyte)
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


def test_the_service_monitor_selects_the_service_that_is_scraped(server: ApiServer) -> None:
    monitor = yaml.safe_load(MONITOR.read_text())["spec"]
    (namespace,) = monitor["namespaceSelector"]["matchNames"]
    selector = ",".join(f"{name}={value}" for name, value in monitor["selector"]["matchLabels"].items())
    services = server.send("GET", f"/api/v1/namespaces/{namespace}/services", labelSelector=selector)["items"]
    assert [service["metadata"]["name"] for service in services] == [DEPLOYMENT]
    assert monitor["endpoints"][0]["port"] in {port["name"] for port in services[0]["spec"]["ports"]}


def test_boards_and_rules_name_only_metrics_of_this_scrape(installation: Installation) -> None:
    exposed = metric_names.exposed(installation.get("/metrics"))
    named = metric_names.of_rules_and_boards()
    assert len(named) > MIN_NAMES
    assert named - exposed == set()


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_fires_about_a_sweep_that_misbehaves(
    shared: Place, watched: Prometheus, figures: Figures, alert: str
) -> None:
    sweep, cause = ALERTS[alert]
    created = shared.sweeps.read(sweep or "lost")["metadata"]["creationTimestamp"]
    _tell(figures, watched, alert, sweep, cause, datetime.fromisoformat(created))


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
