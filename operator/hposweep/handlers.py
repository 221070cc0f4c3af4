"""kopf's decorators, and nothing else: every event wakes one sweep; one daemon per sweep calls `reconcile`.

Watches are triggers, never the observed state: a pass reads what it acts on itself. kopf stores no state for this
operator: no diff base, no progress on the object beyond the finalizer (and the retries of a deletion).
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import kopf

from hposweep.api.names import (
    FINALIZER,
    GROUP,
    LEDGER_FINALIZER,
    PLURAL,
    SWEEP_LABEL,
    SWEEP_UID_ANNOTATION,
    VERSION,
)
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.cluster.apiserver import ApiError
from hposweep.context import Context
from hposweep.judging import OverdueError
from hposweep.report.internal_error import with_internal_error, with_overdue_judgement
from hposweep.telemetry.logs import log_context
from hposweep.wakeups import Backoff, Key, wait

# Deletion goes on without the database after this long: the study stays, which loses nothing.
RELEASE_TIMEOUT_SECONDS = 120
RELEASE_RETRY_SECONDS = 1
# Spread the first reconcile of existing sweeps over this interval when the operator starts.
START_JITTER_SECONDS = 0.2
# Passes in a row that fail by a bug until the status says so: one may have read two objects that did not fit yet.
REPORTED_FAILURES = 3

_SWEEPS = (GROUP, VERSION, PLURAL)
_log = logging.getLogger(__name__)


class NoDiffBase(kopf.DiffBaseStorage):
    """No handler asks for a difference, so kopf need not store the last state of an object."""

    def fetch(self, *, body: kopf.Body) -> None:
        return None

    def store(self, *, body: kopf.Body, patch: kopf.Patch, essence: kopf.BodyEssence) -> None:
        return None


def configure(settings: kopf.OperatorSettings) -> None:
    """Set all that differs from kopf's defaults."""
    settings.scanning.disabled = True  # needs no permission to list CRDs and namespaces
    settings.persistence.finalizer = FINALIZER
    settings.persistence.diffbase_storage = NoDiffBase()
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=GROUP, v1=False)
    settings.watching.label_selectors["batch", "v1", "jobs"] = SWEEP_LABEL
    settings.watching.label_selectors["", "v1", "pods"] = SWEEP_LABEL


def register(registry: kopf.OperatorRegistry) -> None:
    """Register all handlers; `memo` is the Context."""
    on: dict[str, Any] = {"registry": registry}

    @kopf.on.login(**on)
    def login(**arguments: Any) -> kopf.ConnectionInfo | None:
        return kopf.login_with_service_account(**arguments) or kopf.login_with_kubeconfig(**arguments)

    @kopf.on.startup(**on)
    async def start(settings: kopf.OperatorSettings, memo: Context, **_: Any) -> None:
        configure(settings)
        await memo.start()

    @kopf.on.cleanup(**on)
    async def stop(memo: Context, **_: Any) -> None:
        await memo.stop()

    @kopf.on.event("batch", "v1", "jobs", labels={SWEEP_LABEL: kopf.PRESENT}, **on)
    @kopf.on.event("", "v1", "pods", labels={SWEEP_LABEL: kopf.PRESENT}, **on)
    async def child_changed(
        namespace: str | None, labels: kopf.Labels, body: kopf.Body, memo: Context, **_: Any
    ) -> None:
        key = _key(namespace, labels[SWEEP_LABEL])
        memo.wakeups.wake(key)
        if is_kept(body):
            await release_orphan(memo, *key, body)

    @kopf.on.event(*_SWEEPS, **on)
    async def sweep_changed(event: kopf.RawEvent, namespace: str | None, name: str, memo: Context, **_: Any) -> None:
        if event["type"] == "DELETED":
            memo.reconciler.forget(*_key(namespace, name))  # a pass that was under way may have shown it once more
        memo.wakeups.wake(_key(namespace, name))

    @kopf.daemon(*_SWEEPS, id="reconcile", initial_delay=_jitter, cancellation_timeout=10, backoff=5, **on)
    async def keep_reconciled(
        namespace: str | None, name: str, uid: str | None, stopped: kopf.DaemonStopped, memo: Context, **_: Any
    ) -> None:
        backoff = Backoff(memo.settings.retry_seconds, memo.settings.resync_seconds)
        with memo.wakeups.subscription(_key(namespace, name), uid or "") as event:
            while not stopped:
                event.clear()
                requeue_after = await reconcile_once(memo, *_key(namespace, name), backoff)
                if requeue_after > 0:
                    await wait(event, requeue_after)
                    await asyncio.sleep(memo.settings.debounce_seconds)

    @kopf.on.delete(*_SWEEPS, id="release", timeout=RELEASE_TIMEOUT_SECONDS, backoff=5, **on)
    async def release(namespace: str | None, name: str, memo: Context, **_: Any) -> None:
        if not await release_once(memo, *_key(namespace, name)):
            raise kopf.TemporaryError("its workers are still ending", delay=RELEASE_RETRY_SECONDS)


async def reconcile_once(memo: Context, namespace: str, name: str, backoff: Backoff) -> float:
    """Run one pass, and return the seconds until the next. Count and log an error, and retry after it."""
    started = time.monotonic()
    requeue_after: float | None = None
    with log_context(namespace=namespace, name=name):
        try:
            async with memo.metrics.slot(memo.slots):
                with memo.passes.running((namespace, name)):
                    requeue_after = await memo.reconciler.reconcile(namespace, name)
            result = "success"
            backoff.succeed()
        except (OSError, TimeoutError) as error:
            result = "retry"
            requeue_after, is_new = backoff.fail(_sentence(error))
            if isinstance(error, ApiError):
                requeue_after = max(requeue_after, error.retry_after_seconds)
            level = logging.WARNING if is_new else logging.DEBUG
            _log.log(level, "pass over sweep `%s` failed: %s; retry in %.3g s", name, _sentence(error), requeue_after)
        except OverdueError as error:
            result = "error"
            requeue_after, is_new = backoff.fail(_sentence(error))
            level = logging.WARNING if is_new else logging.DEBUG
            _log.log(level, "pass over sweep `%s` ended: %s; retry in %.3g s", name, _sentence(error), requeue_after)
            failure = partial(with_overdue_judgement, seconds=error.seconds, trials=error.trials)
            await _report(memo, namespace, name, failure)
        except Exception as error:  # a bug must show in metrics and logs, and must not end the care for this sweep
            result = "error"
            requeue_after, is_new = backoff.fail(repr(error))
            level = logging.ERROR if is_new else logging.DEBUG
            message = "pass over sweep `%s` failed by a bug of the operator; retry in %.3g s"
            _log.log(level, message, name, requeue_after, exc_info=True)
            if backoff.failures >= REPORTED_FAILURES:
                failure = partial(with_internal_error, place=_place(error), passes=REPORTED_FAILURES)
                await _report(memo, namespace, name, failure)
    memo.metrics.count_reconcile(result, time.monotonic() - started)
    return requeue_after if requeue_after is not None else memo.settings.retry_seconds


async def release_once(memo: Context, namespace: str, name: str) -> bool:
    """Try once to finish the deletion of a sweep; False when its workers are still ending.

    A pass that began before the deletion may still create a Job, which only a later attempt sees.
    """
    memo.reconciler.forget(namespace, name)
    with log_context(namespace=namespace, name=name):
        if memo.passes.is_running((namespace, name)):
            _log.debug("sweep `%s` is being deleted, and a pass over it has not ended", name)
            return False
        is_done = await memo.reconciler.release(namespace, name)
        if is_done:
            _log.info("released sweep `%s`; its finalizer is removed", name)
        else:
            _log.debug("sweep `%s` is being deleted, and its workers are still ending", name)
    return is_done


def is_kept(body: kopf.Body) -> bool:
    """Return whether the pod is being deleted, and only the ledger's finalizer or another one keeps it."""
    return bool(body.metadata.get("deletionTimestamp")) and LEDGER_FINALIZER in body.metadata.get("finalizers", ())


async def release_orphan(memo: Context, namespace: str, name: str, pod: kopf.Body) -> None:
    """Release a pod whose sweep is gone, because no pass counts it, and its GPU stays reserved for it."""
    uid = pod.metadata.get("annotations", {}).get(SWEEP_UID_ANNOTATION, "")
    if uid and uid == memo.wakeups.uid((namespace, name)):
        return  # its sweep has a daemon, whose passes count it
    with log_context(namespace=namespace, name=name):
        try:
            await memo.reconciler.release_orphan(namespace, name, uid, str(pod.metadata["name"]))
        except OSError as error:  # TimeoutError is one too
            _log.warning("pod `%s` of an absent sweep keeps its finalizer: %s", pod.metadata["name"], _sentence(error))


async def _report(memo: Context, namespace: str, name: str, failure: Callable[[Sweep, datetime], Status]) -> None:
    """Write the failure into the status. Where that fails as well, the log has the first one."""
    try:
        await memo.reconciler.report_failure(namespace, name, failure)
    except Exception:
        _log.debug("the failure could not be written into the status of sweep `%s`", name, exc_info=True)


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _sentence(error: Exception) -> str:
    return str(error) or type(error).__name__


def _key(namespace: str | None, name: str) -> Key:
    """Build a key. kopf types a namespace as optional because some resources have none; a sweep always has one."""
    if namespace is None:
        raise TypeError(f"`{name}` has no namespace")
    return namespace, name


def _jitter(status: kopf.Status, **_: Any) -> float:
    if not status:
        return 0.0  # a new sweep, whose user waits for it
    return random.uniform(0, START_JITTER_SECONDS)  # noqa: S311  # spreads load, keeps no secret
