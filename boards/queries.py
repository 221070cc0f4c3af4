"""Parts of PromQL that several panels share. `$namespace` and `$sweep` are variables of the boards."""

from __future__ import annotations

from collections.abc import Mapping

SWEEP = 'namespace="$namespace", hposweep="$sweep"'
SWEEPS = 'namespace=~"$namespace"'
JOIN = "on (namespace, hposweep)"
# Series of the Prometheus client about its own process have no name of ours: those of the operator's target are meant.
OF_OPERATOR = "and on (job, instance) hposweep_operator_build_info"
# The pods of the sweep, as kube-state-metrics has them (docs/how-to/boards.md).
_PODS = 'max by (namespace, pod) (kube_pod_labels{namespace="$namespace", label_hposweep_dev_sweep="$sweep"})'


def of_sweep(metric: str, **labels: str) -> str:
    """Return a selector of the sweep that the board shows."""
    return _selector(metric, SWEEP, labels)


def of_sweeps(metric: str, **labels: str) -> str:
    """Return a selector of all sweeps in the chosen namespaces."""
    return _selector(metric, SWEEPS, labels)


def since(timestamp: str) -> str:
    """Return the seconds since a timestamp."""
    return f"time() - {timestamp}"


def quantile(share: float, buckets: str, *labels: str, window: str = "$__rate_interval") -> str:
    """Return the quantile of a histogram within a window, by these labels."""
    return f"histogram_quantile({share}, sum by ({', '.join((*labels, 'le'))}) (rate({buckets}[{window}])))"


def rate(counter: str, *labels: str) -> str:
    """Return how fast a counter grows, by these labels."""
    return f"sum by ({', '.join(labels)}) (rate({counter}[$__rate_interval]))"


def on_gpus(metric: str) -> str:
    """Return a metric of the DCGM exporter for the GPUs of the sweep's pods."""
    return f"max by (pod, gpu) ({metric} * on (namespace, pod) group_left () {_PODS})"


def _selector(metric: str, matchers: str, labels: Mapping[str, str]) -> str:
    """Return a metric with these matchers, and one for each label."""
    further = "".join(f', {name}="{value}"' for name, value in labels.items())
    return f"{metric}{{{matchers}{further}}}"
