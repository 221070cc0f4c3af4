"""The settings of the operator process: read once from the environment, then passed on as one frozen value."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hposweep.allowed_hosts import DATABASE_VARIABLE, PUBLIC_HOSTS, REMOTE, REMOTE_HOSTS, AllowedHosts
from hposweep.allowed_pods import RESTRICTED_PODS, AllowedPods
from hposweep.gpu_weights import BUILT_IN_WEIGHTS, GpuWeights

MAX_METRICS_LABELS = 16  # each is a label of every sweep's `hposweep_info`
# A key as Kubernetes allows it: an optional prefix, and a name.
_MAX_PORT = 65_535
_LABEL_KEY = re.compile(r"([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Settings:
    """Each with its unit and the reason for its default."""

    watch_namespaces: tuple[str, ...] = ()  # empty: all
    poll_seconds: float = 1.0  # one small query per database; a user who watches notices no delay
    resync_seconds: float = 300.0  # delays a sweep at most so long when an event is lost
    retry_seconds: float = 3.0  # a missing Secret or database shows within 10 s of coming back
    max_storage_retry_seconds: float = 60.0  # a database that stays unusable costs a few statements a minute
    start_check_seconds: float = 10.0  # a pod that starts slowly has no event; its message says for how long
    settle_seconds: float = 0.2  # after an action, to read its effect; never a busy loop
    debounce_seconds: float = 0.05  # pods start in bursts
    concurrent_reconciles: int = 16  # bounds connections and memory, not throughput
    http_port: int = 8080
    log_level: str = "INFO"
    metrics_labels: Mapping[str, str] = field(
        default_factory=dict
    )  # label of a metric: label of the sweep that it shows
    metrics_ended_seconds: float = 86_400.0  # a board of yesterday's sweeps works, and years of them cost nothing
    gpu_weights: GpuWeights = BUILT_IN_WEIGHTS  # the built-in list knows the usual device plugins
    analysis_image: str = ""  # of the analysis Jobs; without it, no study is analyzed
    notify_hosts: AllowedHosts = PUBLIC_HOSTS  # public addresses only: nothing inside the cluster
    allowed_pods: AllowedPods = RESTRICTED_PODS  # nothing of the node, and no identity but that of `default`
    database_hosts: AllowedHosts = REMOTE_HOSTS  # databases are inside the cluster, but none in the operator's pod

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings. Raises ValueError that names the variable."""
        default = cls()
        return cls(
            watch_namespaces=_words(environment.get("HPOSWEEP_WATCH_NAMESPACES", "")),
            poll_seconds=_number(environment, "HPOSWEEP_POLL_SECONDS", default.poll_seconds, low=0.1),
            http_port=int(_number(environment, "HPOSWEEP_HTTP_PORT", default.http_port, low=0, high=_MAX_PORT)),
            log_level=_level(environment.get("HPOSWEEP_LOG_LEVEL", default.log_level)),
            metrics_labels=_metrics_labels(environment.get("HPOSWEEP_METRICS_LABELS", "")),
            metrics_ended_seconds=_number(
                environment, "HPOSWEEP_METRICS_ENDED_SECONDS", default.metrics_ended_seconds, low=0
            ),
            gpu_weights=GpuWeights.from_environment(environment),
            analysis_image=environment.get("HPOSWEEP_ANALYSIS_IMAGE", "").strip(),
            notify_hosts=AllowedHosts.from_environment(environment),
            allowed_pods=AllowedPods.from_environment(environment),
            database_hosts=AllowedHosts.from_environment(environment, DATABASE_VARIABLE, REMOTE),
        )


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _metrics_labels(text: str) -> dict[str, str]:
    """Return the keys by the names that kube-state-metrics would give them: `label_`, and `_` for other characters."""
    labels: dict[str, str] = {}
    for key in dict.fromkeys(_words(text)):
        name = "label_" + re.sub(r"[^A-Za-z0-9_]", "_", key)
        if not _LABEL_KEY.fullmatch(key):
            raise ValueError(f"HPOSWEEP_METRICS_LABELS must be keys of labels such as `team`, not `{key}`")
        if name in labels:
            raise ValueError(
                f"HPOSWEEP_METRICS_LABELS has `{labels[name]}` and `{key}`, which are both `{name}`: drop one"
            )
        labels[name] = key
    if len(labels) > MAX_METRICS_LABELS:
        raise ValueError(f"HPOSWEEP_METRICS_LABELS has {len(labels)} keys; at most {MAX_METRICS_LABELS} are allowed")
    return labels


def _number(environment: Mapping[str, str], name: str, default: float, *, low: float, high: float = math.inf) -> float:
    text = environment.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not (math.isfinite(value) and low <= value <= high):
        limits = f"of at least {low:g}" if high == math.inf else f"from {low:.0f} to {high:.0f}"
        raise ValueError(f"{name} must be a number {limits}, not `{text}`")
    return value


def _level(text: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if text.upper() not in levels:
        raise ValueError(f"HPOSWEEP_LOG_LEVEL must be one of {', '.join(levels)}, not `{text}`")
    return text.upper()
