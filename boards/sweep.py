"""The board of one sweep: what its owner looks at every hour."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from boards import gpu_time, panels
from boards.layout import FLEET_UID, SWEEP_UID, Panel, Row, board, link, text, variable
from boards.panels import GREY, Text, bar_panel, heat_panel, stat_panel, table_panel, time_panel, word_panel
from boards.queries import JOIN, of_sweep, on_gpus, quantile, since

STATE_COLORS = {
    "Running": "blue",
    "Complete": "green",
    "Failed": "red",
    "Stopped": "orange",
    "Suspended": "yellow",
    "Pending": GREY,
}
TRIAL_COLORS = {"complete": "green", "pruned": "purple", "failed": "red", "running": "yellow", "waiting": GREY}
WORKER_COLORS = {"desired": GREY, "running": "green", "pending": "orange"}
OUTCOMES = {"2": ("holds", "green"), "1": ("unknown", GREY), "0": ("not yet", "orange")}
STATUSES = {"true": ("true", "blue"), "false": ("false", GREY), "unknown": ("unknown", GREY)}
SEVERITIES = {"error": ("error", "red"), "warning": ("warning", "orange"), "info": ("info", "blue")}
DURATIONS = "hposweep_trial_duration_seconds"


def json_text() -> str:
    """Return the JSON of the board."""
    description = "One HPOSweep: progress, best value against its thresholds, trials, failures, workers and decisions."
    variables = [
        variable("namespace", "label_values(hposweep_info, namespace)"),
        variable("sweep", 'label_values(hposweep_info{namespace="$namespace"}, hposweep)'),
    ]
    builder = board(SWEEP_UID, "HPOSweep: one sweep", description, variables, hours=6)
    builder.link(link("Operator and all sweeps", FLEET_UID, "?var-namespace=$namespace"))
    return text(builder, list(_rows()))


def _rows() -> Iterator[Row]:
    yield Row(4, list(_summary()))
    yield Row(4, list(_ages()))
    yield Row(9, [(14, _best()), (10, _trials())], "Progress")
    yield Row(8, list(_durations()), "Trials")
    yield Row(8, list(_workers()), "Workers and budget")
    yield Row(8, list(gpu_time.of_one_sweep()), "GPU time and cost")
    yield Row(13, list(_why()), "Conditions, findings and decisions")
    yield Row(8, list(_gpus()), "GPUs (needs the exporters of DCGM and kube-state-metrics)", is_collapsed=True)


def _summary() -> Iterator[tuple[int, Panel]]:
    state = Text(
        "State",
        "`status.state` of the sweep.",
        alerts=("HPOSweepFailed", "HPOSweepNotStarted"),
        no_value="no such sweep",
    )
    yield 3, panels.colored(word_panel(state, {of_sweep("hposweep_info"): "{{state}}"}), STATE_COLORS)
    verdict = Text("Verdict", "The highest tier that holds; `?` while none is known to hold.", no_value="no tiers")
    words = word_panel(verdict, {of_sweep("hposweep_verdict"): "{{verdict}}"}, ((None, "green"),))
    yield 3, panels.colored(words, {"none": "orange", "?": GREY})
    yield 6, _progress()
    left = Text(
        "Time left",
        "Forecast of the time until the budget is spent, and its 90 % interval. None after the end.",
        unit="s",
        no_value="no forecast",
    )
    etas = {"hposweep_eta_low_seconds": "at least", "hposweep_eta_seconds": "expected"}
    etas |= {"hposweep_eta_high_seconds": "at most"}
    yield 6, stat_panel(left, {of_sweep(metric): legend for metric, legend in etas.items()})
    best = Text("Best value", "Best value of each objective among the complete trials.", unit="none")
    yield 3, stat_panel(best, {of_sweep("hposweep_best_value"): "{{objective}}"}, ((None, "green"),))
    healthy = Text("Health", "Reason of the condition Healthy; red while it is not True.", no_value="not judged yet")
    query = (
        of_sweep("hposweep_status_condition_reason", condition="Healthy")
        + f" * {JOIN} group_left () "
        + of_sweep("hposweep_status_condition", condition="Healthy", status="true")
    )
    yield 3, word_panel(healthy, {query: "{{reason}}"}, ((None, "red"), (1, "green")))


def _progress() -> Panel:
    progress = Text(
        "Progress",
        "Finished trials that count against the budget, and `spec.trials.max`.",
        alerts=("HPOSweepBudgetNearlySpent",),
    )
    used = of_sweep("hposweep_budget_used_ratio", budget="trials")
    finished, target = of_sweep("hposweep_trials_finished"), of_sweep("hposweep_trials_target")
    panel = stat_panel(progress, {used: "used", finished: "finished", target: "target"})
    return panel.override_by_query("A", [panels.option("unit", "percentunit")])


def _ages() -> Iterator[tuple[int, Panel]]:
    outcome = "sum by (tier) ({} * 2) + on (tier) sum by (tier) ({})".format(
        of_sweep("hposweep_tier_outcome", outcome="true"), of_sweep("hposweep_tier_outcome", outcome="unknown")
    )
    tiers = Text("Tiers", "Whether each tier of `spec.success` holds.", no_value="no tiers")
    yield 6, stat_panel(tiers, {outcome: "{{tier}}"}).mappings(panels.words(OUTCOMES))
    failed = Text(
        "Failed share",
        "Share of the finished trials that failed by their own fault. Above 5 % the alert fires.",
        unit="percentunit",
        alerts=("HPOSweepTrialsFailing",),
        no_value="no trial yet",
    )
    finished = of_sweep("hposweep_trials_finished")
    good = (of_sweep("hposweep_trials", state=state) for state in ("complete", "pruned"))
    share = f"({finished}{''.join(f' - {JOIN} {each}' for each in good)}) / {JOIN} ({finished} > 0)"
    yield 4, stat_panel(failed, {share: ""}, ((None, "green"), (0.02, "orange"), (0.05, "red")))
    retried = Text("Retries", "Trials that are a retry of an earlier one.")
    yield 2, stat_panel(retried, {of_sweep("hposweep_trials_retried"): ""})
    last = Text("Last trial ended", "Time since a trial finished.", unit="s", alerts=("HPOSweepNoTrialFinished",))
    levels = ((None, "green"), (1800.0, "orange"), (3600.0, "red"))
    yield 4, stat_panel(last, {since(of_sweep("hposweep_last_trial_finished_timestamp_seconds")): ""}, levels)
    better = Text(
        "Last improvement", "Time since the best value was found.", unit="s", alerts=("HPOSweepNoImprovement",)
    )
    levels = ((None, "green"), (7200.0, "orange"), (14400.0, "red"))
    yield 4, stat_panel(better, {since(of_sweep("hposweep_last_improvement_timestamp_seconds")): ""}, levels)
    oldest = Text(
        "Longest running trial",
        "How long the oldest of the running trials has been running.",
        unit="s",
        alerts=("HPOSweepTrialSlow",),
        no_value="none runs",
    )
    levels = ((None, "green"), (900.0, "orange"), (1800.0, "red"))
    yield 4, stat_panel(oldest, {since(of_sweep("hposweep_oldest_running_trial_start_timestamp_seconds")): ""}, levels)


def _best() -> Panel:
    description = "Best value of each objective, with the thresholds of the tiers and the best value of the baseline."
    best = Text("Best value", description, unit="none", alerts=("HPOSweepNoImprovement",))
    queries = {
        of_sweep("hposweep_best_value"): "best {{objective}}",
        of_sweep("hposweep_best_value_threshold"): "tier {{tier}}",
        of_sweep("hposweep_baseline_value"): "baseline",
    }
    dashes = panels.option("custom.lineStyle", {"fill": "dash", "dash": [10, 10]})
    thin, no_fill = panels.option("custom.lineWidth", 1), panels.option("custom.fillOpacity", 0)
    dots = panels.option("custom.lineStyle", {"fill": "dash", "dash": [2, 6]})
    return (
        time_panel(best, queries)
        .override_by_query("A", [panels.option("custom.fillOpacity", 0), panels.option("custom.lineWidth", 3)])
        .override_by_query("B", [dashes, thin, no_fill])
        .override_by_query("C", [dots, panels.option("custom.lineWidth", 2), no_fill, panels.color(GREY)])
    )


def _trials() -> Panel:
    trials = Text(
        "Trials by state",
        "All trials of the study by state, and the budget as a line.",
        alerts=("HPOSweepTrialsFailing", "HPOSweepZombieTrials"),
    )
    queries = {of_sweep("hposweep_trials"): "{{state}}", of_sweep("hposweep_trials_target"): "target"}
    line = [
        panels.option("custom.stacking", {"mode": "none"}),
        panels.option("custom.fillOpacity", 0),
        panels.option("custom.lineStyle", {"fill": "dash", "dash": [10, 10]}),
    ]
    panel = time_panel(trials, queries, is_stacked=True).min(0).override_by_query("B", line)
    return panels.colored(panel, TRIAL_COLORS | {"target": "text"})


def _durations() -> Iterator[tuple[int, Panel]]:
    shares = {0.5: "half below", 0.9: "9 of 10 below", 0.99: "99 of 100 below"}
    buckets = of_sweep(f"{DURATIONS}_bucket")
    lines = Text(
        "Duration of trials",
        "Quantiles of the trials that finished in the last hour, estimated from the buckets.",
        unit="s",
        alerts=("HPOSweepTrialSlow",),
    )
    yield 8, time_panel(lines, {quantile(share, buckets, window="1h"): name for share, name in shares.items()}).min(0)
    heat = Text("Durations over time", "How many trials of each duration finished in each interval.", unit="s")
    yield 8, heat_panel(heat, f"sum by (le) (increase({buckets}[$__rate_interval]))")
    classes = Text(
        "Failures by class",
        "Failed trials by class, retried or not. docs/how-to/failures.md says what to do about each.",
        alerts=("HPOSweepTrialsFailing",),
        no_value="no failed trial",
    )
    yield 8, bar_panel(classes, {of_sweep("hposweep_trial_failures") + " > 0": "{{class}}"}, "red").decimals(0)


def _workers() -> Iterator[tuple[int, Panel]]:
    workers = Text(
        "Workers",
        "Worker pods: desired, running, and not running yet.",
        alerts=("HPOSweepWorkersNotReady", "HPOSweepZombieTrials"),
    )
    panel = time_panel(workers, {of_sweep("hposweep_workers"): "{{state}}"}).min(0).decimals(0)
    yield 5, panels.colored(panel, WORKER_COLORS)
    budget = Text(
        "Budget used",
        "Share of `spec.trials.max`, and of `spec.budget.activeDeadlineSeconds` where it is set.",
        unit="percentunit",
        alerts=("HPOSweepBudgetNearlySpent",),
    )
    yield 5, time_panel(budget, {of_sweep("hposweep_budget_used_ratio"): "{{budget}}"}).min(0).max(1)
    disk = Text(
        "Free disk space",
        "Free space at the path of `spec.preflight.disk` that is nearest to its limit, and the limit.",
        unit="bytes",
        alerts=("HPOSweepDiskLow",),
        no_value="no paths",
    )
    space = {"hposweep_disk_free_bytes": "free", "hposweep_disk_required_bytes": "required"}
    yield 5, time_panel(disk, {of_sweep(metric): legend for metric, legend in space.items()}).min(0)
    yield 9, firing(of_sweep("ALERTS", alertstate="firing"))


def firing(selector: str) -> Panel:
    """Return the table of the alerts that fire, each with a link to its runbook."""
    text = Text("Alerts that fire", "Alerts that fire now. Click on a name to open its runbook.", no_value="none")
    columns = {"alertname": "alert", "hposweep": "sweep", "severity": "severity"}
    query = f"sum by (alertname, hposweep, severity) ({selector})"
    open_runbook = {"title": "Runbook", "url": panels.runbook("${__value.text}"), "targetBlank": True}
    return (
        table_panel(text, [query], columns)
        .override_by_name("alert", [panels.option("links", [open_runbook]), panels.option("custom.minWidth", 200)])
        .override_by_name("severity", _words(SEVERITIES | {"critical": ("critical", "red")}))
    )


def _why() -> Iterator[tuple[int, Panel]]:
    conditions = Text("Conditions", "Conditions of the sweep. docs/how-to/trouble.md explains each reason.")
    query = (
        f"{of_sweep('hposweep_status_condition_reason')} * on (namespace, hposweep, condition) group_left (status) "
        f"({of_sweep('hposweep_status_condition')} == 1)"
    )
    columns = {"condition": "condition", "status": "status", "reason": "reason"}
    yield 10, table_panel(conditions, [query], columns).override_by_name("status", _words(STATUSES))
    findings = Text("Health findings", "Findings in `status.health`; docs/how-to/health.md lists them.")
    findings = Text(findings.title, findings.description, alerts=("HPOSweepOneValueDominates",), no_value="no findings")
    columns = {"reason": "finding", "severity": "severity"}
    panel = table_panel(findings, [of_sweep("hposweep_health_finding")], columns)
    yield 6, panel.override_by_name("severity", _words(SEVERITIES))
    decisions = Text(
        "Decisions that wait",
        "Decision points that wait for an answer. At the deadline their default applies.",
        unit="s",
        alerts=("HPOSweepDecisionPending", "HPOSweepApprovalPending"),
        no_value="no decision waits",
    )
    waiting = since(of_sweep("hposweep_decision_pending_since_timestamp_seconds"))
    rest = of_sweep("hposweep_decision_deadline_timestamp_seconds") + " - time()"
    columns = {"decision": "decision", "Value #A": "waits for", "Value #B": "default applies in"}
    yield 8, table_panel(decisions, [f"max by (decision) ({each})" for each in (waiting, rest)], columns)


def _gpus() -> Iterator[tuple[int, Panel]]:
    busy = Text("GPU utilisation", "Share of the time in which each GPU of the sweep's pods was busy.", "percentunit")
    utilisation = on_gpus("DCGM_FI_DEV_GPU_UTIL") + " / 100"
    yield 12, time_panel(busy, {utilisation: "{{pod}} GPU {{gpu}}"}).min(0).max(1)
    memory = Text("GPU memory", "Used memory of each GPU of the sweep's pods.", unit="bytes")
    used = on_gpus("DCGM_FI_DEV_FB_USED") + " * 1024 * 1024"
    yield 12, time_panel(memory, {used: "{{pod}} GPU {{gpu}}"}).min(0)


def _words(mapping: dict[str, tuple[str, str]]) -> list[DynamicConfigValue]:
    cell = panels.option("custom.cellOptions", {"type": "color-text"})
    return [panels.option("mappings", panels.words(mapping)), cell]
