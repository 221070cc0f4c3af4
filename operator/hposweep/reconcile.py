"""One pass over one sweep: observe, judge, plan, apply, report. The only file that names all floors.

Level-triggered: a pass recomputes everything from what is true now, so any pass may be the first, the last, or
interrupted. `handlers` calls `reconcile` whenever something may have changed, and `release` before a sweep goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from hposweep.api import conditions
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.apply.plan import apply_plan
from hposweep.apply.status import apply_status
from hposweep.cluster.protocol import Cluster, RefusedError
from hposweep.database.connection import StorageError
from hposweep.database.pool import Databases
from hposweep.database.study import Studies
from hposweep.judge.judge import judge
from hposweep.judge.next_check import judgement_requeue_after_seconds
from hposweep.model.observation import Observation
from hposweep.model.plan import CreateStudy, Plan, ResizeJob
from hposweep.model.verdicts import Verdicts
from hposweep.observe.baseline import Baselines
from hposweep.observe.observation import observe
from hposweep.observe.progress import Progress
from hposweep.observe.spec import refusal
from hposweep.observe.storage import unreachable_storage
from hposweep.plan.planner import plan, release
from hposweep.plan.trials import requeue_after_seconds
from hposweep.report.events import events
from hposweep.report.status import report
from hposweep.settings import Settings
from hposweep.telemetry.gauges import Gauges


@dataclass(frozen=True, slots=True)
class Reconciler:
    """The floors' doors to the world, and the passes through them."""

    cluster: Cluster
    databases: Databases
    progress: Progress
    metrics: Gauges
    settings: Settings
    clock: Callable[[], datetime]
    baselines: Baselines = field(default_factory=Baselines)

    async def reconcile(self, namespace: str, name: str) -> float | None:
        """Returns the seconds after which to look again, if nothing wakes us before; None when the sweep is gone."""
        sweep = await self.cluster.sweep(namespace, name)
        if sweep is None or sweep.is_deleting:
            self.forget(namespace, name)
            return None
        if sweep.status is not None and _is_settled(sweep, sweep.status):
            self.progress.forget((namespace, name))
            self.baselines.forget(namespace, name)
            self.metrics.show(sweep, sweep.status)
            return self.settings.resync_seconds
        seen, studies = await observe(sweep, self.cluster, self.databases, self.baselines, self.clock())
        verdicts = judge(sweep, seen)
        todo = plan(sweep, seen, verdicts)
        refused = await self._apply(sweep, todo, seen, studies)
        if refused is not None:
            seen, verdicts = refused, judge(sweep, refused)
        elif todo.of_kind(CreateStudy):
            return 0.0  # somebody waits for the first trial: on with its Job, the status comes with it
        now = self.clock()
        status = report(sweep, seen, verdicts, now)
        await apply_status(sweep, status, events(sweep.status, status, now), self.cluster)
        self.metrics.show(sweep, status)
        self._watch(sweep, seen, studies)
        delay = self._requeue_after_seconds(seen, verdicts, todo, was_refused=refused is not None)
        dues = (requeue_after_seconds(sweep, seen), judgement_requeue_after_seconds(sweep, seen, verdicts))
        return min([delay, *(max(due, self.settings.settle_seconds) for due in dues if due is not None)])

    async def release(self, namespace: str, name: str) -> bool:
        """Before a sweep goes: end its workers, leave no trial RUNNING, drop or disown its study. True when done."""
        sweep = await self.cluster.sweep(namespace, name)
        if sweep is None:
            return True
        seen, studies = await observe(sweep, self.cluster, self.databases, self.baselines, self.clock())
        todo = release(sweep, seen)
        if await self._apply(sweep, todo, seen, studies) is not None:
            return False
        if todo.of_kind(ResizeJob) or seen.search.live_pods:
            return False
        return not _may_leave_trials_running(sweep, seen)

    def forget(self, namespace: str, name: str) -> None:
        self.progress.forget((namespace, name))
        self.baselines.forget(namespace, name)
        self.metrics.forget(namespace, name)

    async def _apply(self, sweep: Sweep, todo: Plan, seen: Observation, studies: Studies | None) -> Observation | None:
        """None when all was done; else what the world looks like after it said no."""
        try:
            await apply_plan(todo, sweep.namespace, self.cluster, studies)
        except StorageError as error:
            self.databases.count_error(error.reason)
            return replace(seen, storage=unreachable_storage(sweep, error))
        except RefusedError as error:
            return replace(seen, refusals=(*seen.refusals, refusal(error)))
        return None

    def _watch(self, sweep: Sweep, seen: Observation, studies: Studies | None) -> None:
        if studies is not None and seen.storage.study is not None:
            self.progress.watch((sweep.namespace, sweep.name), studies, seen.storage.study)

    def _requeue_after_seconds(self, seen: Observation, verdicts: Verdicts, todo: Plan, *, was_refused: bool) -> float:
        if todo != Plan() and not was_refused:
            return self.settings.settle_seconds
        is_waiting = verdicts.end is None and not verdicts.may_start
        if was_refused or is_waiting or seen.search.has_missing_pods:
            return self.settings.retry_seconds
        return self.settings.resync_seconds


def _is_settled(sweep: Sweep, status: Status) -> bool:
    """Ended, and nothing was asked since. A tier that nobody could judge at the end is judged when that passes."""
    is_open = any(entry.reason == conditions.CANNOT_TELL for entry in status.conditions)
    return status.has_ended and status.observed_generation == sweep.generation and not is_open


def _may_leave_trials_running(sweep: Sweep, seen: Observation) -> bool:
    """A database that is away may return; a Secret that is gone (its namespace goes too) must not hold the sweep."""
    had_study = sweep.status is not None and sweep.status.study.id is not None
    return had_study and seen.storage.reason == conditions.CONNECTION_FAILED
