"""A real Prometheus answers every query of both boards while real sweeps run, and the boards are drawn from it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from boards.drawing import draw
from boards.drawing.prometheus import Prometheus as Server
from boards.drawing.scope import Scope
from tests import builders
from tests.builders import best_value, trials_finished
from tests.contract.apiserver import ApiServer
from tests.e2e import prometheus
from tests.e2e.figures import Figures
from tests.e2e.gpu_exporter import exporter
from tests.e2e.installation import Installation
from tests.e2e.patience import until
from tests.e2e.place import Json, Place, make_secret
from tests.e2e.prometheus import Prometheus
from tests.e2e.test_prometheus import THRESHOLDS, UNREACHABLE_URL

BASELINE, SWEEP, LOST = "digits-v2", "digits-v3", "lost"
BASELINE_TRIALS = 6
SCRAPE_SECONDS = 1.0
RANGE_SECONDS = 600.0  # longer than the test waits, so that what occurs once stays in the range
ANSWER_SECONDS = 200


def mixed(place: Place, name: str, *, seconds: float, most: int, asks_at: int, failing_every: int = 5) -> Json:
    """Return a sweep with tiers, a baseline and a decision that waits, whose trials end in every way."""
    decision = {
        "name": "early-look",
        "at": {"trials": asks_at},
        "rules": [{"when": best_value(less_than=-1.0), "then": "Stop", "label": "never"}],
        "otherwise": "Ask",
        "ask": {"deadlineSeconds": 3600, "default": "Continue"},
    }
    pruner = {"name": "MedianPruner", "options": {"n_startup_trials": 4, "n_warmup_steps": 1}}
    sweep = place.sweep(
        name,
        objective=place.objective("mixed:ends_in_every_way", seconds=seconds, failing_every=failing_every),
        replicas=2,
        trials={"max": most, "maxFailed": "50%", "retryOn": ["ConnectionError"], "maxRetries": 2},
        study=builders.study(direction="Minimize", objective="loss", pruner=pruner),
        baseline={"study": place.study(BASELINE)},
        success={
            "minimum": [trials_finished(3), best_value(less_than=1.5)],
            "full": [{"bestValue": {"improvesBaselineBy": "20%"}}],
            "exceptional": [best_value(less_than=0.005)],
        },
        decisionPoints=[decision],
        preflight={"failurePolicy": "Warn", "disk": [{"path": "/tmp", "freeBytes": 2**20}]},  # noqa: S108
        health={"maxFailedRatio": 0.01},  # a finding after ten trials, however slow the machine is
        cost={"pricePerGpuHour": 2.5, "currency": "EUR"},
    )
    sweep["spec"]["workers"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {"nvidia.com/gpu": "1"}}
    return sweep


@pytest.fixture(scope="module")
def observed(
    shared: Place, server: ApiServer, installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """A Prometheus that watches a sweep with all that a board can show, and one whose database does not answer."""
    folder, rules = tmp_path_factory.mktemp("prometheus"), prometheus.alert_rules(THRESHOLDS)
    make_secret(server, shared.name, LOST, uri=UNREACHABLE_URL)
    lost = shared.sweep(LOST, replicas=1)
    lost["spec"]["study"]["storage"] = {"secretRef": {"name": LOST, "key": "uri"}}
    with (
        exporter(shared.name, SWEEP) as gpus,
        prometheus.started(server.client, folder, rules, exporters=[gpus]) as running,
    ):
        make_secret(server, shared.name, "chat", url="json://nowhere.invalid/")
        notify = [{"secretRef": {"name": "chat", "key": "url"}, "events": ["Ended"]}]
        shared.apply(
            lost,
            shared.sweep(BASELINE, most=BASELINE_TRIALS, seconds=0.05, notify=notify),
            shared.sweep("unapproved", approval={"required": True}),
        )
        shared.until_condition(BASELINE, "Complete", reason="BudgetReached")
        shared.apply(mixed(shared, SWEEP, seconds=1.0, most=500, asks_at=8))
        yield running


def answers(place: Place, server: Prometheus) -> tuple[draw.Answers, Scope]:
    end = time.time()
    scope = Scope(place.name, SWEEP, end - RANGE_SECONDS, end, SCRAPE_SECONDS)
    return draw.answers(Server(server.url), scope, with_collapsed=True), scope


def test_every_panel_of_both_boards_has_data(shared: Place, observed: Prometheus, figures: Figures) -> None:
    until(
        lambda: draw.empty(answers(shared, observed)[0]),
        lambda empty: not empty,
        seconds=ANSWER_SECONDS,
        what="every panel has data",
    )
    for line in draw.table(answers(shared, observed)[0]).splitlines():
        figures.tell(line)


def test_the_boards_are_drawn(shared: Place, observed: Prometheus, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("pictures")
    panels, scope = answers(shared, observed)
    paths = draw.draw(panels, scope, folder)
    assert [path.name for path in paths] == ["hposweep-sweep.png", "hposweep-fleet.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_a_sweep_that_does_not_exist_has_no_data(shared: Place, observed: Prometheus) -> None:
    end = time.time()
    scope = Scope(shared.name, "no-such-sweep", end - RANGE_SECONDS, end, SCRAPE_SECONDS)
    panels = draw.answers(Server(observed.url), scope, uids=("hposweep-sweep",))
    assert not draw.is_complete(panels)
    assert "no data: hposweep-sweep: State" in draw.table(panels)
