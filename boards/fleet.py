"""The board of the operator and of all its sweeps: for the team that runs the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.models.dashboard import VariableOption

from boards import gpu_time, panels
from boards.layout import FLEET_UID, SWEEP_UID, Panel, Row, board, link, text, variable
from boards.panels import Text, bar_panel, stat_panel, table_panel, time_panel, word_panel
from boards.queries import OF_OPERATOR, of_sweeps, quantile, rate, since
from boards.sweep import STATE_COLORS, WORKER_COLORS, firing

FINISHED = "hposweep_trial_duration_seconds_count"
QUERY_SECONDS = "hposweep_operator_database_query_duration_seconds"
REQUEST_SECONDS = "hposweep_operator_kube_request_duration_seconds"


def json_text() -> str:
    """Return the JSON of the board."""
    description = "The operator of HPOSweep and all its sweeps: verdicts, databases, Kubernetes API, passes, errors."
    namespaces = variable("namespace", "label_values(hposweep_info, namespace)")
    namespaces.multi(True).include_all(True).all_value(".*")
    namespaces.current(VariableOption(text="All", value="$__all"))
    builder = board(FLEET_UID, "HPOSweep: operator and fleet", description, [namespaces], hours=24)
    builder.link(link("One sweep", SWEEP_UID))
    return text(builder, list(_rows()))


def _rows() -> Iterator[Row]:
    yield Row(4, list(_summary()))
    yield Row(8, [(24, _sweeps())], "Sweeps")
    yield Row(8, list(_fleet()))
    yield Row(8, list(_activity()))
    yield Row(8, list(gpu_time.of_all_sweeps()), "GPUs, cost and notifications")
    yield Row(8, list(_databases()), "Databases")
    yield Row(8, list(_requests()), "Kubernetes API")
    yield Row(8, list(_passes()), "Operator")
    yield Row(8, list(_process()))


def _summary() -> Iterator[tuple[int, Panel]]:
    running = of_sweeps("hposweep_info", state="Running")
    yield 3, _count("Sweeps running", "Sweeps in the state Running.", f"count({running})")
    trials = Text("Trial rate", "Trials that finish, of all sweeps.", unit="cps")
    yield 3, stat_panel(trials, {f"sum(rate({of_sweeps(FINISHED)}[$__rate_interval]))": ""})
    workers = of_sweeps("hposweep_workers", state="running")
    yield 3, _count("Workers", "Worker pods that run, of all sweeps.", f"sum({workers})")
    questions = Text(
        "Open questions",
        "Decision points that wait for an answer, and sweeps that wait for an approval.",
        alerts=("HPOSweepDecisionPending", "HPOSweepApprovalPending"),
    )
    decisions = f"sum({of_sweeps('hposweep_decision_pending')}) or vector(0)"
    approvals = f"count({of_sweeps('hposweep_approval_pending_since_timestamp_seconds')}) or vector(0)"
    yield 3, stat_panel(questions, {decisions: "decisions", approvals: "approvals"}, ((None, "green"), (1.0, "orange")))
    unhealthy = of_sweeps("hposweep_status_condition", condition="Healthy", status="false")
    yield 3, _count("Not healthy", "Sweeps whose condition Healthy is False.", f"sum({unhealthy})", "orange")
    failed = of_sweeps("hposweep_info", state="Failed")
    meaning = "Sweeps in the state Failed that ended in the last 24 h."
    yield 3, _count("Failed sweeps", meaning, f"count({failed})", "red", "HPOSweepFailed")
    down = "count(hposweep_operator_database_up == 0)"
    meaning = "Databases that did not answer the last statement."
    yield 3, _count("Databases down", meaning, down, "red", "HPOSweepDatabaseDown")
    last = Text(
        "Last pass",
        "Time since the operator reconciled a sweep without an error. Each sweep is visited every 300 s at least.",
        unit="s",
        alerts=("HPOSweepOperatorNotReconciling", "HPOSweepOperatorDown"),
    )
    age = since("max(hposweep_operator_last_successful_reconcile_timestamp_seconds)")
    yield 3, stat_panel(last, {age: ""}, ((None, "green"), (300.0, "orange"), (900.0, "red")))


def _count(title: str, description: str, query: str, color: str = "", alert: str = "") -> Panel:
    """Return a number that is 0 where nothing matches; with a colour, it is bad from 1 on."""
    levels = ((None, "green"), (1.0, color)) if color else ((None, "blue"),)
    text = Text(title, description, alerts=(alert,) if alert else ())
    return stat_panel(text, {f"{query} or vector(0)": ""}, levels)


def _sweeps() -> Panel:
    text = Text("All sweeps", "Click on a sweep to open its board. Ended sweeps stay for 24 h.", no_value="no sweeps")
    numbers = [
        of_sweeps("hposweep_budget_used_ratio", budget="trials"),
        of_sweeps("hposweep_trials_finished"),
        of_sweeps("hposweep_trials", state="running"),
        of_sweeps("hposweep_trials", state="failed"),
        of_sweeps("hposweep_workers", state="running"),
        of_sweeps("hposweep_eta_seconds"),
        since(of_sweeps("hposweep_last_trial_finished_timestamp_seconds")),
    ]
    queries = [
        f"max by (namespace, hposweep, state) ({of_sweeps('hposweep_info')})",
        f"max by (namespace, hposweep, verdict) ({of_sweeps('hposweep_verdict')})",
        *(f"max by (namespace, hposweep) ({number})" for number in numbers),
    ]
    columns = {
        "namespace": "namespace",
        "hposweep": "sweep",
        "state": "state",
        "verdict": "verdict",
        "Value #C": "progress",
        "Value #D": "finished",
        "Value #E": "running",
        "Value #F": "failed",
        "Value #G": "workers",
        "Value #H": "time left",
        "Value #I": "last trial ended",
    }
    url = f"/d/{SWEEP_UID}?var-namespace=${{__data.fields.namespace}}&var-sweep=${{__data.fields.sweep}}"
    bar = {"unit": "percentunit", "min": 0, "max": 1, "custom__cellOptions": {"type": "gauge", "mode": "basic"}}
    states = panels.words({state: (state, color) for state, color in STATE_COLORS.items()})
    word = {"mappings": states, "custom__cellOptions": {"type": "color-text"}}
    seconds = [panels.option("unit", "s")]
    return (
        table_panel(text, queries, columns)
        .override_by_name("sweep", [panels.option("links", [{"title": "Open its board", "url": url}])])
        .override_by_name("state", panels.options(**word))
        .override_by_name("progress", [*panels.options(**bar), panels.color("blue")])
        .override_by_name("time left", seconds)
        .override_by_name("last trial ended", [*seconds, panels.option("displayName", "last trial ended (ago)")])
    )


def _fleet() -> Iterator[tuple[int, Panel]]:
    states = Text("Sweeps by state", "Sweeps of all namespaces by state, also those that ended long ago.")
    yield 5, bar_panel(states, {"sum by (state) (hposweep_operator_sweeps) > 0": "{{state}}"}, "blue").decimals(0)
    verdicts = Text("Verdicts", "Sweeps by the highest tier that holds.", no_value="no sweep has tiers")
    query = f"count by (verdict) ({of_sweeps('hposweep_verdict')})"
    yield 5, bar_panel(verdicts, {query: "{{verdict}}"}, "green").decimals(0)
    findings = Text("Health findings", "Sweeps by finding; docs/how-to/health.md lists them.", no_value="no findings")
    query = f"count by (reason) ({of_sweeps('hposweep_health_finding')})"
    yield 6, bar_panel(findings, {query: "{{reason}}"}, "orange").decimals(0)
    yield 8, firing('ALERTS{alertname=~"HPOSweep.*", alertstate="firing"}')


def _activity() -> Iterator[tuple[int, Panel]]:
    trials = Text("Trials per second", "Trials that finish, by namespace.", unit="cps")
    yield 8, time_panel(trials, {rate(of_sweeps(FINISHED), "namespace"): "{{namespace}}"}, is_stacked=True).min(0)
    failures = Text("Failed trials", "Failed trials by class, of all sweeps, retried or not.", no_value="none")
    query = f"sum by (class) ({of_sweeps('hposweep_trial_failures')}) > 0"
    yield 8, time_panel(failures, {query: "{{class}}"}, is_stacked=True).min(0)
    workers = Text("Workers", "Worker pods of all sweeps by state.", alerts=("HPOSweepWorkersNotReady",))
    panel = time_panel(workers, {f"sum by (state) ({of_sweeps('hposweep_workers')})": "{{state}}"}).min(0).decimals(0)
    yield 8, panels.colored(panel, WORKER_COLORS)


def _databases() -> Iterator[tuple[int, Panel]]:
    up = Text(
        "Databases",
        "Whether each database answered its last statement. Its id is a hash: docs/reference/metrics.md.",
        alerts=("HPOSweepDatabaseDown",),
        no_value="none used yet",
    )
    columns = {"database": "database", "Value": "last statement"}
    panel = table_panel(up, ["min by (database) (hposweep_operator_database_up)"], columns)
    words = panels.words({"1": ("answered", "green"), "0": ("not answered", "red")})
    cell = {"type": "color-text"}
    yield 6, panel.override_by_name("last statement", panels.options(mappings=words, custom__cellOptions=cell))
    latency = Text("Latency", "Duration of 99 of 100 statements, with the time to connect.", unit="s")
    query = quantile(0.99, f"{QUERY_SECONDS}_bucket", "database")
    yield 6, time_panel(latency, {query: "{{database}}"}).min(0)
    statements = Text("Statements", "Statements of the operator by database; workers have their own.", unit="ops")
    yield 6, time_panel(statements, {rate(f"{QUERY_SECONDS}_count", "database"): "{{database}}"}).min(0)
    failures = Text(
        "Failed statements",
        "Statements that failed, by database and reason.",
        unit="ops",
        alerts=("HPOSweepDatabaseDown",),
        no_value="none",
    )
    query = rate("hposweep_operator_database_query_failures_total", "database", "reason")
    yield 6, time_panel(failures, {query: "{{database}} {{reason}}"}).min(0)


def _requests() -> Iterator[tuple[int, Panel]]:
    requests = Text("Requests by verb and code", "Requests without watches. Code 0: no answer.", unit="reqps")
    query = rate("hposweep_operator_kube_requests_total", "verb", "code")
    yield 9, time_panel(requests, {query: "{{verb}} {{code}}"}, is_stacked=True).min(0)
    resources = Text("Requests by resource", "Requests of the operator, without watches.", unit="reqps")
    query = rate("hposweep_operator_kube_requests_total", "resource")
    yield 8, time_panel(resources, {query: "{{resource}}"}, is_stacked=True).min(0)
    latency = Text("Latency by verb", "Duration of 99 of 100 requests.", unit="s")
    yield 7, time_panel(latency, {quantile(0.99, f"{REQUEST_SECONDS}_bucket", "verb"): "{{verb}}"}).min(0)


def _passes() -> Iterator[tuple[int, Panel]]:
    passes = Text(
        "Passes by result",
        "Passes over a sweep. `retry`: a source did not answer; `error`: a bug, and the log has its traceback.",
        unit="ops",
        alerts=("HPOSweepOperatorErrors", "HPOSweepOperatorNotReconciling"),
    )
    colors = {"success": "green", "retry": "orange", "error": "red"}
    query = rate("hposweep_operator_reconcile_total", "result")
    yield 6, panels.colored(time_panel(passes, {query: "{{result}}"}, is_stacked=True).min(0), colors)
    duration = Text("Duration of a pass", "With the wait for one of the 16 slots.", unit="s")
    buckets = "hposweep_operator_reconcile_duration_seconds_bucket"
    shares = {0.5: "half below", 0.99: "99 of 100 below"}
    yield 6, time_panel(duration, {quantile(share, buckets): name for share, name in shares.items()}).min(0)
    queue = Text("Queue", "Passes that run, at most 16, and passes that wait for a slot.")
    waiting, running = (f"sum(hposweep_operator_reconciles_{state})" for state in ("waiting", "running"))
    yield 6, time_panel(queue, {running: "running", waiting: "waiting"}).min(0).decimals(0)
    storage = Text(
        "Passes without a database",
        "Passes and polls that could not use a database, by the reason in StorageReady.",
        unit="ops",
        alerts=("HPOSweepDatabaseDown",),
        no_value="none",
    )
    query = rate("hposweep_operator_storage_errors_total", "reason")
    yield 6, time_panel(storage, {query: "{{reason}}"}).min(0)


def _process() -> Iterator[tuple[int, Panel]]:
    version = Text("Version", "Version of the operator.", alerts=("HPOSweepOperatorDown",), no_value="not scraped")
    yield 3, word_panel(version, {"hposweep_operator_build_info": "{{version}}"}, ((None, "text"),))
    odd = "Sweeps whose status cannot be exported; the log names them."
    yield 3, _count("Without metrics", odd, "sum(hposweep_operator_sweeps_without_metrics)", "red")
    lag = Text("Lag of the event loop", "How much later than planned the event loop resumed a task.", unit="s")
    buckets = "hposweep_operator_event_loop_lag_seconds_bucket"
    yield 6, time_panel(lag, {quantile(share, buckets): f"{share:.0%} below" for share in (0.5, 0.99)}).min(0)
    memory = Text("Memory", "Resident memory of the operator.", unit="bytes")
    yield 6, time_panel(memory, {f"process_resident_memory_bytes {OF_OPERATOR}": "resident"}).min(0)
    processor = Text("Processor", "Seconds of processor time per second: 1 is one core.", unit="none")
    query = f"rate(process_cpu_seconds_total[$__rate_interval]) {OF_OPERATOR}"
    yield 6, time_panel(processor, {query: "cores"}).min(0)
