"""An exporter of what DCGM and kube-state-metrics say about the GPUs of a sweep's pods. This cluster has neither."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Gauge, start_http_server


@contextmanager
def exporter(namespace: str, sweep: str) -> Iterator[str]:
    """Serve one busy GPU of one pod and yield the address, with the labels that the exporters have."""
    registry, pod = CollectorRegistry(), f"{sweep}-search-0-abcde"
    labels = ("namespace", "pod")
    device = {"labelnames": (*labels, "gpu", "UUID"), "registry": registry}
    for name, value in (("DCGM_FI_DEV_GPU_UTIL", 87), ("DCGM_FI_DEV_FB_USED", 20480)):
        Gauge(name, "of a GPU", **device).labels(namespace, pod, "0", "GPU-1").set(value)
    pods = Gauge("kube_pod_labels", "of a pod", (*labels, "label_hposweep_dev_sweep"), registry=registry)
    pods.labels(namespace, pod, sweep).set(1)
    server, thread = start_http_server(0, "127.0.0.1", registry)
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
