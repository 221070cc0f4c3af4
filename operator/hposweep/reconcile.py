"""One pass over one sweep: observe, judge, plan, apply, report. The only module that imports all layers.

Level-triggered: a pass recomputes everything from what is true now, so any pass may be the first, the last, or
interrupted. `handlers` calls `reconcile` whenever something may have changed, and `release` when a sweep is deleted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from hposweep.analysis_pass import AnalysisPass
from hposweep.api import conditions
from hposweep.api.names import BASELINE_PHASE, CHAMPIONS_PHASE, PREFLIGHT_PHASE, SEARCH_PHASE
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.apply.event_limiter import EventLimiter
from hposweep.apply.plan import apply_plan
from hposweep.apply.record import Recorder
from hposweep.apply.status import apply_status
from hposweep.cluster.protocol import Cluster, RefusedError
from hposweep.database.errors import StorageError
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.judge.budget import with_budget
from hposweep.judge.next_check import judgement_requeue_after_seconds
from hposweep.judge.settled import is_settled
from hposweep.judging import Judging
from hposweep.model.notifications import Delivery
from hposweep.model.observation import Observation
from hposweep.model.plan import CreateStudy, Plan, ReleasePods, ResizeJob
from hposweep.model.verdicts import Verdicts
from hposweep.model.workers import Workers
from hposweep.notify.notifier import Notifier
from hposweep.observe.baseline import Baselines
from hposweep.observe.observation import observe
from hposweep.observe.progress import Progress
from hposweep.observe.spec import refusal
from hposweep.observe.storage import observe_study, open_studies, unreachable_storage
from hposweep.plan import planner
from hposweep.plan.analysis import analysis_requeue_after_seconds
from hposweep.plan.notifications import notification_requeue_after_seconds, notifications
from hposweep.plan.storage_retry import storage_retry_seconds
from hposweep.plan.trials import requeue_after_seconds
from hposweep.report.analysis import is_unfinished
from hposweep.report.end import with_end
from hposweep.report.notifications import with_notifications
from hposweep.report.record import with_history
from hposweep.report.status import report
from hposweep.settings import Settings
from hposweep.telemetry.gauges import Gauges
from hposweep.telemetry.logs import bind, fields

# A database may return from these by itself.
_PASSING = (conditions.CONNECTION_FAILED, conditions.TLS_FAILED, conditions.TOO_FEW_CONNECTIONS)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reconciler:
    """The clients of a reconcile pass, and the pass itself."""

    cluster: Cluster
    databases: Databases
    progress: Progress
    metrics: Gauges
    settings: Settings
    clock: Callable[[], datetime]
    baselines: Baselines = field(default_factory=Baselines)
    notifier: Notifier | None = None  # `hposweep run` sends no notifications
    analysis: AnalysisPass | None = None  # `hposweep run` writes its report itself
    recorder: Recorder = field(default_factory=Recorder)
    event_limiter: EventLimiter | None = None  # a terminal shows all events
    judging: Judging = field(default_factory=Judging)

    async def reconcile(self, namespace: str, name: str) -> float | None:
        """Run one pass. Return the seconds until the next one, unless an event comes first; None without a sweep."""
        sweep = await self.cluster.sweep(namespace, name)
        if sweep is None or sweep.is_deleting:
            self.forget(namespace, name)
            return None
        bind(uid=sweep.uid, generation=sweep.generation)
        plan, requeue_after = await self._reconcile(sweep)
        _log_pass(plan, requeue_after)
        return requeue_after

    async def report_failure(self, namespace: str, name: str, failure: Callable[[Sweep, datetime], Status]) -> None:
        """Write the status that `failure` makes of the last one; a sweep that has ended keeps its last one."""
        sweep = await self.cluster.sweep(namespace, name)
        if sweep is None or sweep.is_deleting or sweep.has_ended:
            return
        now = self.clock()
        await apply_status(sweep, failure(sweep, now), now, self.cluster, self.event_limiter)

    async def release(self, namespace: str, name: str) -> bool:
        """End the workers of a sweep that is being deleted, leave no trial RUNNING, delete or disown its study.

        Return True when nothing is left to do.
        """
        sweep = await self.cluster.sweep(namespace, name)
        if sweep is None:
            return True
        bind(uid=sweep.uid, generation=sweep.generation)
        observation, studies = await observe(sweep, self.cluster, self.databases, self.baselines, self.clock())
        plan = planner.release(sweep, observation)
        if await self._apply(sweep, plan, observation, studies) is not None:
            return False
        if observation.live_pods or any((plan.of_kind(ResizeJob), plan.of_kind(ReleasePods))):
            return False
        return not _may_leave_trials_running(sweep, observation)

    async def release_orphan(self, namespace: str, name: str, uid: str, pod: str) -> None:
        """Release a pod from the ledger unless the sweep with that uid exists, which counts the pod itself."""
        sweep = await self.cluster.sweep(namespace, name)
        if sweep is None or (uid and sweep.uid != uid):
            await apply_plan(Plan((ReleasePods((pod,)),)), namespace, self.cluster, None)

    def forget(self, namespace: str, name: str) -> None:
        self.progress.forget((namespace, name))
        self.baselines.forget(namespace, name)
        self.databases.release((namespace, name))
        self.metrics.forget(namespace, name)
        self.recorder.forget(namespace, name)
        self.judging.forget(namespace, name)
        if self.event_limiter is not None:
            self.event_limiter.forget(namespace, name)
        if self.notifier is not None:
            self.notifier.forget((namespace, name))

    async def _reconcile(self, sweep: Sweep) -> tuple[Plan, float]:
        """Return the plan that was executed, and the seconds until the next pass."""
        if sweep.status is not None and is_settled(sweep, sweep.status):
            return await self._keep_settled(sweep, sweep.status)
        observation, studies = await observe(sweep, self.cluster, self.databases, self.baselines, self.clock())
        sweep = with_budget(sweep, observation.storage.study, observation.history)
        observation = replace(
            observation,
            gpu_weights=self.settings.gpu_weights,
            allowed_pods=self.settings.allowed_pods,
            deliveries=self._deliveries(sweep),
            record_fault=self.recorder.fault(sweep),
        )
        verdicts = await self.judging.judge(sweep, observation)
        plan = planner.plan(sweep, observation, verdicts)
        failed_observation = await self._apply(sweep, plan, observation, studies)
        if failed_observation is not None:
            observation, verdicts = failed_observation, await self.judging.judge(sweep, failed_observation)
        elif plan.of_kind(CreateStudy):
            return plan, 0.0  # create the Job in the next pass, at once; the status is written with it
        status = await self._report(sweep, observation, verdicts, studies)
        if studies is not None and observation.growing_study is not None:
            self.progress.watch((sweep.namespace, sweep.name), studies, observation.growing_study)
        has_failed = failed_observation is not None
        seconds = self._requeue_after_seconds(sweep, observation, verdicts, plan, status, has_failed=has_failed)
        if await self.recorder.write(sweep, studies, observation.storage.study, self.clock()):
            seconds = min(seconds, self.settings.settle_seconds)  # to show in `status.health` what the write revealed
        return plan, seconds

    async def _keep_settled(self, sweep: Sweep, status: Status) -> tuple[Plan, float]:
        """Send what is left to be told of a sweep that has ended; neither its study nor its workers are read."""
        self.progress.forget((sweep.namespace, sweep.name))
        self.baselines.forget(sweep.namespace, sweep.name)
        self.databases.release((sweep.namespace, sweep.name))
        now, deliveries = self.clock(), self._deliveries(sweep)
        plan = Plan(notifications(sweep, deliveries, now))
        await apply_plan(plan, sweep.namespace, self.cluster, None, self.notifier)
        status = await self._with_analysis(sweep, with_end(status), now)
        status = with_notifications(sweep, status, deliveries, now)
        if status.history is not None:
            status = with_history(sweep, status, None, now)
        written = await apply_status(sweep, status, now, self.cluster, self.event_limiter)
        self.recorder.take(sweep, written or sweep.status)
        self.metrics.show(sweep, status)
        if self.recorder.has_waiting(sweep, now):
            await self._record_settled(sweep, now)
        deadlines = (
            notification_requeue_after_seconds(sweep, status, self._deliveries(sweep), now),
            analysis_requeue_after_seconds(is_due=is_unfinished(status)),
        )
        settle, resync = self.settings.settle_seconds, self.settings.resync_seconds
        return plan, min([resync, *(max(seconds, settle) for seconds in deadlines if seconds is not None)])

    async def _record_settled(self, sweep: Sweep, now: datetime) -> None:
        """Write the last entries of a sweep that has ended, if an earlier pass could not."""
        with suppress(StorageError):
            studies = await open_studies(sweep, self.cluster, self.databases)
            storage = await observe_study(sweep, studies)
            await self.recorder.write(sweep, studies, storage.study, now)

    async def _with_analysis(self, sweep: Sweep, status: Status, now: datetime) -> Status:
        return await self.analysis.advance(sweep, status, now) if self.analysis is not None else status

    def _deliveries(self, sweep: Sweep) -> tuple[Delivery, ...] | None:
        return self.notifier.deliveries((sweep.namespace, sweep.name)) if self.notifier is not None else None

    async def _apply(
        self, sweep: Sweep, plan: Plan, observation: Observation, studies: Studies | None
    ) -> Observation | None:
        """Return None when every action succeeded, else the observation with the error that stopped the plan."""
        try:
            await apply_plan(plan, sweep.namespace, self.cluster, studies, self.notifier)
        except StorageError as error:
            self.databases.count_error(error.reason)
            return replace(observation, storage=unreachable_storage(sweep, error))
        except RefusedError as error:
            return replace(observation, refusals=(*observation.refusals, refusal(error)))
        return None

    async def _report(
        self, sweep: Sweep, observation: Observation, verdicts: Verdicts, studies: Studies | None
    ) -> Status:
        now = self.clock()
        status = await self._with_analysis(sweep, report(sweep, observation, verdicts, now), now)
        status = with_notifications(sweep, status, observation.deliveries, now)
        status = with_history(sweep, status, observation, now)
        written = await apply_status(sweep, status, now, self.cluster, self.event_limiter)
        self.recorder.take(sweep, written or sweep.status)
        self.metrics.show(sweep, status, observation, studies.database_id if studies is not None else "")
        return status

    def _requeue_after_seconds(
        self,
        sweep: Sweep,
        observation: Observation,
        verdicts: Verdicts,
        plan: Plan,
        status: Status,
        *,
        has_failed: bool,
    ) -> float:
        """Return the shortest of the interval that the situation needs and the deadlines that are ahead."""
        deadlines = (
            requeue_after_seconds(sweep, observation),
            judgement_requeue_after_seconds(sweep, observation, verdicts),
            notification_requeue_after_seconds(sweep, status, self._deliveries(sweep), observation.now),
            analysis_requeue_after_seconds(is_due=is_unfinished(status)),
        )
        settle = self.settings.settle_seconds
        interval = self._interval_seconds(observation, verdicts, plan, has_failed=has_failed)
        if interval == self.settings.retry_seconds and not (verdicts.storage.is_open or plan.actions):
            interval = storage_retry_seconds(observation, status, interval, self.settings.max_storage_retry_seconds)
        if status.gpu_seconds is not None and status.gpu_seconds.ended.releasing:
            interval = min(interval, settle)
        return min([interval, *(max(seconds, settle) for seconds in deadlines if seconds is not None)])

    def _interval_seconds(self, observation: Observation, verdicts: Verdicts, plan: Plan, *, has_failed: bool) -> float:
        if plan.actions and not has_failed:
            return self.settings.settle_seconds
        if verdicts.champions is not None and verdicts.champions.is_due:
            return self.settings.settle_seconds
        is_waiting = verdicts.end is None and not (verdicts.may_start or verdicts.waits_for_a_person)
        early_phase = PREFLIGHT_PHASE if verdicts.waits_for_checks else BASELINE_PHASE
        is_early = verdicts.waits_for_checks or verdicts.waits_for_baseline
        late_phase = CHAMPIONS_PHASE if observation.champion_workers.has_started else SEARCH_PHASE
        workers = observation.children.get(early_phase if is_early else late_phase, Workers())
        is_waiting = is_waiting and not (is_early and workers.starting_pods)
        if has_failed or is_waiting or workers.has_missing_pods:
            return self.settings.retry_seconds
        if workers.starting_pods:
            return self.settings.start_check_seconds
        return self.settings.resync_seconds


def _log_pass(plan: Plan, requeue_after: float) -> None:
    actions = [type(action).__name__ for action in plan.actions]
    _log.debug(
        "reconciled: %s; requeue after %.3g s",
        ", ".join(actions) or "no action",
        requeue_after,
        extra=fields(actions=actions, requeue_after_seconds=requeue_after),
    )


def _may_leave_trials_running(sweep: Sweep, observation: Observation) -> bool:
    """An unreachable database may return, so wait for it; a deleted Secret must not block the deletion."""
    had_study = sweep.status is not None and sweep.status.study.id is not None
    return had_study and observation.storage.reason in _PASSING
