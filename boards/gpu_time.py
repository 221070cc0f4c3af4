"""The panels about GPU seconds and their price, for both boards: `sweep` and `fleet` place them.

A sweep without GPUs has none of these series. docs/how-to/cost.md explains them.
"""

from __future__ import annotations

from collections.abc import Iterator

from boards import panels
from boards.layout import Panel
from boards.panels import GREY, Text, bar_panel, stat_panel, time_panel
from boards.queries import of_sweep, of_sweeps, rate

USE_COLORS = {
    "training": "green",
    "pull": "blue",
    "start": "light-blue",
    "idle": GREY,
    "failed": "red",
    "pruned": "purple",
    "preempted": "orange",
    "waiting": "yellow",
}
NO_GPUS = "no GPUs"


def of_one_sweep() -> Iterator[tuple[int, Panel]]:
    """Yield the panels of one sweep, with their widths."""
    use = Text(
        "GPU time by use",
        "GPU seconds of all pods by use. Those of failed, pruned and preempted trials gave no complete trial.",
        unit="s",
        no_value=NO_GPUS,
    )
    seconds = "hposweep_gpu_use_seconds"
    query = f"{of_sweep(seconds)} unless {of_sweep(seconds, use='queue')}"
    yield 12, panels.colored(time_panel(use, {query: "{{use}}"}, is_stacked=True).min(0), USE_COLORS)
    gpus = Text("GPUs", "GPUs that pods of the sweep hold.", no_value=NO_GPUS)
    yield 6, time_panel(gpus, {of_sweep("hposweep_gpus"): "GPUs"}).min(0)
    cost = Text("Cost", "Price of the GPU time so far, by `spec.cost`.", unit="none", no_value="no price")
    yield 3, stat_panel(cost, {of_sweep("hposweep_cost"): "{{currency}}"}).decimals(2)
    queue = Text("Queue", "GPU seconds for which pods waited for a node. No GPU was held.", unit="s", no_value=NO_GPUS)
    yield 3, stat_panel(queue, {of_sweep(seconds, use="queue"): ""})


def of_all_sweeps() -> Iterator[tuple[int, Panel]]:
    """Yield the panels of all sweeps, and of the notifications about them, with their widths."""
    gpus = Text("GPUs", "GPUs that pods of sweeps hold, by namespace.", no_value=NO_GPUS)
    query = f"sum by (namespace) ({of_sweeps('hposweep_gpus')})"
    yield 8, time_panel(gpus, {query: "{{namespace}}"}, is_stacked=True).min(0)
    cost = Text(
        "Cost",
        "Price of the GPU time of the sweeps that run or ended in the last 24 h, by namespace and currency.",
        unit="none",
        no_value="no price",
    )
    query = f"sum by (namespace, currency) ({of_sweeps('hposweep_cost')})"
    yield 8, bar_panel(cost, {query: "{{namespace}} {{currency}}"}, "blue").decimals(2)
    notifications = Text(
        "Notifications",
        "Attempts to send a notification of `spec.notify`, by the results that have occurred.",
        unit="ops",
        alerts=("HPOSweepNotificationsFailing",),
        no_value="none",
    )
    total = "hposweep_operator_notifications_total"
    query = f"{rate(total, 'result')} and on (result) (sum by (result) ({total}) > 0)"
    yield 8, time_panel(notifications, {query: "{{result}}"}, is_stacked=True).min(0)
