"""Clients and caches that all handlers share: opened when the operator starts, closed when it ends. kopf's `memo`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from kubernetes.aio import config
from kubernetes.aio.client import ApiClient, Configuration
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from hposweep.analysis_pass import AnalysisPass
from hposweep.apply.event_limiter import EventLimiter
from hposweep.cluster.apiserver import ApiServer
from hposweep.cluster.kubernetes import Kubernetes
from hposweep.cluster.sweep_count import count_sweeps, keep_counting
from hposweep.database.pool import Databases
from hposweep.notify.notifier import Notifier
from hposweep.observe.progress import Progress
from hposweep.reconcile import Reconciler
from hposweep.settings import Settings
from hposweep.slots import Slots
from hposweep.telemetry.exposition import Exposition
from hposweep.telemetry.http import HttpServer
from hposweep.telemetry.loop_lag import measure_loop_lag
from hposweep.telemetry.metrics import OperatorMetrics
from hposweep.telemetry.sweeps import SweepMetrics
from hposweep.wakeups import Passes, Wakeups


class Context:
    """One per operator; tests run several in one process."""

    def __init__(self, settings: Settings, ready: asyncio.Event) -> None:
        self.settings = settings
        self.wakeups, self.passes = Wakeups(), Passes()
        self.slots = Slots(settings.concurrent_reconciles)
        registry = CollectorRegistry()
        self.metrics = OperatorMetrics(registry)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):  # memory, CPU, files of this process
            collector(registry=registry)
        self.sweeps = SweepMetrics(settings)
        registry.register(self.sweeps)
        self.exposition = Exposition(registry, self.sweeps)
        self.http = HttpServer(self.exposition, ready.is_set, self.slots.stalled_seconds)
        self.port = settings.http_port

    def __copy__(self) -> Context:
        return self  # kopf copies its memo for each object; this one is shared

    async def start(self) -> None:
        configuration = Configuration()
        try:
            config.load_incluster_config(configuration)
        except config.ConfigException:
            await config.load_kube_config(client_configuration=configuration)
        self._client = ApiClient(configuration)
        self._databases = Databases(
            self.metrics.count_storage_error,
            self.metrics.count_query,
            self.metrics.forget_database,
            self.settings.database_hosts,
        )
        progress = Progress(self.metrics.count_storage_error, self.wakeups.wake)
        self._notifier = Notifier(
            self.settings.notify_hosts, _utc_now, self.wakeups.wake, count=self.metrics.count_notification
        )
        server = ApiServer(self._client, self.metrics)
        cluster = Kubernetes(server, _utc_now, is_namespaced=bool(self.settings.watch_namespaces))
        self.reconciler = Reconciler(
            cluster=cluster,
            databases=self._databases,
            progress=progress,
            metrics=self.sweeps,
            settings=self.settings,
            clock=_utc_now,
            notifier=self._notifier,
            analysis=AnalysisPass(cluster, self._databases, self.settings.analysis_image),
            event_limiter=EventLimiter(),
        )
        self._tasks = (
            asyncio.create_task(progress.run(self.settings.poll_seconds), name="progress"),
            asyncio.create_task(measure_loop_lag(self.metrics.observe_lag), name="loop lag"),
            asyncio.create_task(
                keep_counting(
                    lambda: count_sweeps(server, self.settings.watch_namespaces), self.metrics.show_listed_sweeps
                ),
                name="sweep count",
            ),
        )
        self.port = await self.http.start(self.settings.http_port)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._notifier.close()
        await self.http.stop()
        self._databases.close()
        await self._client.close()


def _utc_now() -> datetime:
    return datetime.now(UTC)
