"""What Prometheus would scrape, through the operator's Service."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.builders import best_value
from tests.e2e.installation import Installation
from tests.e2e.patience import until
from tests.e2e.place import Place

MOST = 6
Sample = tuple[str, frozenset[tuple[str, str]]]


def scrape(installation: Installation) -> dict[Sample, float]:
    families = text_string_to_metric_families(installation.get("/metrics"))
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


@pytest.fixture(scope="module")
def measured(shared: Place, installation: Installation) -> tuple[Place, dict[Sample, float]]:
    """A finished sweep and what is measured of it."""
    # The series of a database end with the last sweep that uses it.
    shared.apply(
        shared.sweep("measured", most=MOST, success={"minimum": [best_value(less_than=0.0)]}),
        shared.sweep("running", most=10_000, replicas=1, seconds=1.0),
    )
    shared.until_condition("measured", "Complete")
    labels = {("namespace", shared.name), ("hposweep", "measured"), ("condition", "Complete"), ("status", "true")}
    found = until(
        lambda: scrape(installation),
        lambda samples: samples.get(("hposweep_status_condition", frozenset(labels))) == 1,
        seconds=10,
        what="the metrics know that the sweep is complete",
    )
    return shared, found


def of(place: Place, **labels: str) -> frozenset[tuple[str, str]]:
    return frozenset({"namespace": place.name, "hposweep": "measured", **labels}.items())


def test_trials_best_value_and_workers_are_those_of_the_status(measured: tuple[Place, dict[Sample, float]]) -> None:
    place, samples = measured
    status = place.status("measured")
    for state in ("complete", "pruned", "failed", "running", "waiting"):
        assert samples["hposweep_trials", of(place, state=state)] == status["trials"][state]
    assert samples["hposweep_trials", of(place, state="complete")] == MOST
    assert samples["hposweep_trials_target", of(place)] == MOST
    # The status rounds for people; the metric may as well.
    assert samples["hposweep_best_value", of(place, objective="loss", direction="minimize")] == pytest.approx(
        status["best"]["values"]["loss"], rel=1e-5
    )
    assert samples["hposweep_workers", of(place, state="desired")] == 0


def test_durations_and_times_are_those_of_the_trials(measured: tuple[Place, dict[Sample, float]]) -> None:
    place, samples = measured
    assert samples["hposweep_trial_duration_seconds_count", of(place)] == MOST
    assert samples["hposweep_trial_duration_seconds_sum", of(place)] > 0
    last, improved, end = (
        samples[f"hposweep_{name}_timestamp_seconds", of(place)]
        for name in ("last_trial_finished", "last_improvement", "completion")
    )
    assert improved <= last <= end + 1, "status times are whole seconds"


def test_the_database_of_a_sweep_has_answered(measured: tuple[Place, dict[Sample, float]]) -> None:
    place, samples = measured
    infos = [dict(labels) for name, labels in samples if name == "hposweep_info"]
    (info,) = [labels for labels in infos if (labels["namespace"], labels["hposweep"]) == (place.name, "measured")]
    database = frozenset({("database", info["database"])})
    assert samples["hposweep_operator_database_up", database] == 1
    assert samples["hposweep_operator_database_query_duration_seconds_count", database] > 0


def test_each_condition_is_one_of_three_numbers(measured: tuple[Place, dict[Sample, float]]) -> None:
    place, samples = measured
    for kind, entry in place.conditions("measured").items():
        for value in ("true", "false", "unknown"):
            expected = float(entry["status"].lower() == value)
            assert samples["hposweep_status_condition", of(place, condition=kind, status=value)] == expected
    assert samples["hposweep_status_condition", of(place, condition="MinimumSuccess", status="false")] == 1


def test_the_operator_counts_its_own_passes_and_requests(measured: tuple[Place, dict[Sample, float]]) -> None:
    _, samples = measured
    assert samples["hposweep_operator_reconcile_total", frozenset({("result", "success")})] > 0
    assert samples["hposweep_operator_reconcile_duration_seconds_count", frozenset()] > 0
    requests = {labels: value for (name, labels), value in samples.items() if name.endswith("kube_requests_total")}
    patched = frozenset({("verb", "PATCH"), ("resource", "hposweeps/status"), ("code", "200")})
    assert requests[patched] > 0


def test_no_pass_ended_in_a_bug(measured: tuple[Place, dict[Sample, float]]) -> None:
    _, samples = measured
    assert samples.get(("hposweep_operator_reconcile_total", frozenset({("result", "error")})), 0) == 0


def test_health_and_readiness_are_answered(installation: Installation) -> None:
    assert installation.get("/healthz") == "ok\n"
    assert installation.get("/readyz") == "ok\n"


def test_a_deleted_sweep_leaves_no_series_behind(
    measured: tuple[Place, dict[Sample, float]], installation: Installation
) -> None:
    place, samples = measured
    ours = {("namespace", place.name), ("hposweep", "measured")}
    assert any(ours <= labels for _, labels in samples)
    place.delete("measured")
    until(
        lambda: [name for name, labels in scrape(installation) if ours <= labels],
        lambda left: not left,
        seconds=10,
        what="the series of a deleted sweep are gone",
    )
