"""The Cluster protocol on a Kubernetes API server. Reads are lists by label, writes are server-side applies."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from hposweep.api.names import API_VERSION, FIELD_MANAGER, KIND, LEDGER_FINALIZER, SWEEP_LABEL
from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.api.wire import to_wire
from hposweep.cluster import parse, paths
from hposweep.cluster.apiserver import APPLY, MERGE, METADATA, STRATEGIC_MERGE, ApiError, ApiServer
from hposweep.cluster.event import event_body
from hposweep.cluster.pod_start import MAX_EVENTS, slowest_start, with_events
from hposweep.cluster.pod_times import is_kept_for
from hposweep.cluster.protocol import RefusedError
from hposweep.model.event import Event
from hposweep.model.plan import (
    ClusterAction,
    CreateConfigMap,
    CreateJob,
    DeletePod,
    ReleasePods,
    ResetBackoff,
    ResizeJob,
)
from hposweep.model.source_files import SourceFiles
from hposweep.model.workers import Job, Pod, Workers, by_phase

_log = logging.getLogger(__name__)

# The server refuses the object whatever may change elsewhere: decoding, size, validation, immutability.
_FINAL_REFUSALS = (400, 413, 422)
_CLUSTER_NAMESPACE = "/api/v1/namespaces/kube-system"  # its uid names the cluster, because it is never deleted
_PLURALS = {"ConfigMap": "configmaps", "Secret": "secrets"}
_FORBIDDEN = 403  # quota, policy, missing permission
_NOT_FOUND = 404
_CONFLICT = 409
_STATUS_REFUSALS = (400, 413, 422)
# etcd refuses an object of more than 1.5 MiB, which the API server passes on as an error of its own.
_SERVER_ERROR = 500
_SIZE_WORDS = ("too large", "larger than max")
REMOVE_FINALIZERS = "$deleteFromPrimitiveList/finalizers"  # of a strategic merge patch
_UNREACHABLE_NODE = "its node did not answer for longer than the sweep's spec.workers.nodeLostSeconds"


class Kubernetes:
    """One API server."""

    def __init__(self, server: ApiServer, clock: Callable[[], datetime], *, is_namespaced: bool = False) -> None:
        """`is_namespaced`: the operator has permissions in some namespaces only, and none to identify the cluster."""
        self._server, self._clock = server, clock
        self._cluster_id = "" if is_namespaced else None

    async def sweep(self, namespace: str, name: str) -> Sweep | None:
        body = await self._get(paths.sweep(namespace, name))
        return Sweep.from_object(body) if body else None

    async def cluster_id(self) -> str:
        if self._cluster_id is None:
            self._cluster_id = await self._uid(_CLUSTER_NAMESPACE) or ""
        return self._cluster_id

    async def sweep_uid(self, namespace: str, name: str) -> str | None:
        return await self._uid(paths.sweep(namespace, name))

    async def _uid(self, path: str) -> str | None:
        """Return the uid of an object, "" when it is absent; None without permission to read it."""
        try:
            body = await self._unless_gone("GET", path, accept=METADATA)
        except ApiError as error:
            if error.code == _FORBIDDEN:
                return None
            raise
        return str(body["metadata"]["uid"]) if body is not None else ""

    async def children(self, sweep: Sweep) -> Mapping[str, Workers]:
        selector = {"labelSelector": f"{SWEEP_LABEL}={sweep.name}"}
        jobs = await self._server.request("GET", paths.jobs(sweep.namespace), query=selector)
        pods = await self._server.request("GET", paths.pods(sweep.namespace), query=selector)
        job_items = [item for item in jobs["items"] if parse.is_controlled_by(item, sweep.uid)]
        uids = {item["metadata"]["uid"] for item in job_items}
        pod_items = [
            item
            for item in pods["items"]
            if is_kept_for(item, sweep.uid) or any(parse.is_controlled_by(item, uid) for uid in uids)
        ]
        all_pods = await self._with_slow_start(sweep.namespace, [parse.pod(item) for item in pod_items])
        children = by_phase(map(parse.job, job_items), all_pods)
        return {
            phase: await self._with_refusals(sweep.namespace, group, pod_items) for phase, group in children.items()
        }

    async def _with_slow_start(self, namespace: str, pods: Sequence[Pod]) -> Sequence[Pod]:
        """Add what the events of the slowest starting pod say: one request, and none while no start is slow."""
        now = self._clock()
        slow = slowest_start(pods, now)
        if slow is None:
            return pods
        query = {"fieldSelector": f"involvedObject.uid={slow.uid}", "limit": str(MAX_EVENTS)}
        try:
            events = await self._server.request("GET", f"/api/v1/namespaces/{namespace}/events", query=query)
        except ApiError as error:
            _log.debug("the events of pod %s cannot be read: %s", slow.name, error)
            return pods
        return [with_events(pod, events["items"], now) if pod.uid == slow.uid else pod for pod in pods]

    async def _with_refusals(self, namespace: str, workers: Workers, pods: Sequence[Mapping[str, Any]]) -> Workers:
        if not workers.has_missing_pods:
            return workers
        uids = {pod.uid for pod in workers.pods}
        since = parse.newest_creation([item for item in pods if item["metadata"]["uid"] in uids])
        jobs = [await self._with_refusal(namespace, job, since) for job in workers.jobs]
        return replace(workers, jobs=tuple(jobs))

    async def _with_refusal(self, namespace: str, job: Job, since: str) -> Job:
        """Add the event that says why a Job gets no pod: quota, Pod Security, admission policies."""
        if not job.desired_pods:
            return job
        query = {"fieldSelector": f"involvedObject.uid={job.uid},reason=FailedCreate"}
        events = await self._server.request("GET", f"/api/v1/namespaces/{namespace}/events", query=query)
        return replace(job, refusal=parse.refusal(events["items"], since))

    async def secret_value(self, namespace: str, name: str, key: str) -> str | None:
        body = await self._get(f"/api/v1/namespaces/{namespace}/secrets/{name}")
        value = (body or {}).get("data", {}).get(key)
        return base64.b64decode(value).decode() if value is not None else None

    async def config_map_value(self, namespace: str, name: str, key: str) -> str | None:
        body = await self._get(f"/api/v1/namespaces/{namespace}/configmaps/{name}")
        value = (body or {}).get("data", {}).get(key)
        return str(value) if value is not None else None

    def server_ahead_seconds(self) -> float | None:
        return self._server.ahead_seconds

    async def source_files(self, namespace: str, config_map: str) -> SourceFiles | None:
        body = await self._get(f"{paths.config_maps(namespace)}/{config_map}")
        if body is None:
            return None
        texts = {**body.get("data", {}), **body.get("binaryData", {})}
        return SourceFiles.of(texts, body["metadata"]["resourceVersion"])

    async def object_version(self, namespace: str, kind: str, name: str) -> str:
        path = f"/api/v1/namespaces/{namespace}/{_PLURALS[kind]}/{name}"
        body = await self._unless_gone("GET", path, accept=METADATA)
        return f"{body['metadata']['uid']}/{body['metadata']['resourceVersion']}" if body is not None else ""

    async def try_create(self, manifest: Mapping[str, Any]) -> None:
        # A create, not an apply, because server-side apply answers an invalid value with 500, as a failed server does.
        query = {"dryRun": "All", "fieldValidation": "Strict"}
        path = paths.jobs(manifest["metadata"]["namespace"])
        await self._unless_refused("POST", path, query=query, body=dict(manifest))

    async def execute(self, namespace: str, action: ClusterAction) -> None:
        match action:
            case CreateJob():
                await self._create_job(namespace, action.manifest)
            case ResizeJob():
                await self._resize_job(namespace, action)
            case DeletePod():
                await self._delete_pod(namespace, action)
            case ResetBackoff():
                await self._reset_backoff(namespace, action)
            case ReleasePods():
                for pod in action.pods:
                    await self._release_pod(namespace, pod)
            case CreateConfigMap():
                await self._create_config_map(namespace, action.manifest)
            case _:
                assert_never(action)

    async def _create_job(self, namespace: str, manifest: Mapping[str, Any]) -> None:
        path = f"{paths.jobs(namespace)}/{manifest['metadata']['name']}"
        await self._unless_refused("PATCH", path, query=_managed(), body=dict(manifest), content_type=APPLY)

    async def _create_config_map(self, namespace: str, manifest: Mapping[str, Any]) -> None:
        # Not an apply, which would take over a ConfigMap of the user that has the name. One of the sweep is complete.
        metadata, query = manifest["metadata"], {"fieldManager": FIELD_MANAGER}
        try:
            await self._unless_refused("POST", paths.config_maps(namespace), query=query, body=dict(manifest))
        except ApiError as error:
            if error.code != _CONFLICT:
                raise
            path = f"{paths.config_maps(namespace)}/{metadata['name']}"
            present = await self._unless_gone("GET", path, accept=METADATA)
            if present is not None and not parse.is_controlled_by(present, metadata["ownerReferences"][0]["uid"]):
                message = f"ConfigMap `{metadata['name']}` exists and does not belong to this sweep"
                raise RefusedError(message) from None

    async def _resize_job(self, namespace: str, action: ResizeJob) -> None:
        # Not an apply of the whole Job, because its template is immutable and another release may have created it.
        spec = {"parallelism": action.size, "completions": action.size, "suspend": action.is_suspended}
        path, query = f"{paths.jobs(namespace)}/{action.job}", {"fieldManager": FIELD_MANAGER}
        try:
            await self._unless_refused("PATCH", path, query=query, body={"spec": spec}, content_type=MERGE)
        except ApiError as error:
            if error.code != _NOT_FOUND:
                raise

    async def _delete_pod(self, namespace: str, action: DeletePod) -> None:
        path = f"{paths.pods(namespace)}/{action.pod}"
        if not action.is_unreachable:
            await self._unless_gone("DELETE", path)  # its own kubelet ends the other containers with their grace period
            return
        # As Kubernetes' own garbage collector does it: a pod that has not failed keeps the Job controller's finalizer,
        # and its slot, whatever is deleted; one that was disrupted is not counted against the slot.
        disrupted = {"type": "DisruptionTarget", "status": "True", "reason": "NodeLost", "message": _UNREACHABLE_NODE}
        failed = {"status": {"phase": "Failed", "conditions": [disrupted]}}
        await self._unless_gone("PATCH", f"{path}/status", failed, content_type=STRATEGIC_MERGE)
        await self._unless_gone("DELETE", path, {"gracePeriodSeconds": 0})

    async def _reset_backoff(self, namespace: str, action: ResetBackoff) -> None:
        # The Job controller reads the count off the pod that ended last, and it looks again when that pod changes. The
        # status subresource takes annotations too, so no permission to change a pod's spec is needed.
        path = f"{paths.pods(namespace)}/{action.pod}/status"
        body = {"metadata": {"annotations": {parse.DISRUPTIONS_ANNOTATION: str(action.disruptions)}}}
        await self._unless_gone("PATCH", path, body, content_type=MERGE)

    async def _release_pod(self, namespace: str, pod: str) -> None:
        # The status subresource takes finalizers too. Only ours is removed: the Job controller has one of its own.
        path, body = f"{paths.pods(namespace)}/{pod}/status", {"metadata": {REMOVE_FINALIZERS: [LEDGER_FINALIZER]}}
        await self._unless_gone("PATCH", path, body, content_type=STRATEGIC_MERGE)

    async def write_status(self, sweep: Sweep, status: Status) -> None:
        body = {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "metadata": {"name": sweep.name, "namespace": sweep.namespace},
            "status": to_wire(status),
        }
        path = f"{paths.sweep(sweep.namespace, sweep.name)}/status"
        try:
            await self._unless_gone("PATCH", path, body, query=_managed(), content_type=APPLY)
        except ApiError as error:
            if _is_final(error):
                raise RefusedError(error.message) from None
            raise

    async def post_event(self, sweep: Sweep, event: Event) -> None:
        events = f"/api/v1/namespaces/{sweep.namespace}/events"
        body = event_body(sweep, event)
        name = body["metadata"]["name"]
        try:
            try:
                await self._server.request("POST", events, body=body)
            except ApiError as error:
                if error.code != _CONFLICT:
                    raise
                await self._count_event(events, name, body["lastTimestamp"])
        except ApiError as error:
            _log.warning("event %s of sweep `%s` was not accepted: %s", event.reason, sweep.name, error)

    async def _count_event(self, events: str, name: str, time: str) -> None:
        """Count an event that was posted before in the same words, as Kubernetes' own components do."""
        query = {"fieldSelector": f"metadata.name={name}", "limit": "1"}
        for item in (await self._server.request("GET", events, query=query))["items"]:
            body = {"count": int(item.get("count") or 1) + 1, "lastTimestamp": time}
            await self._unless_gone("PATCH", f"{events}/{name}", body, content_type=MERGE)

    async def _get(self, path: str) -> Any:
        return await self._unless_gone("GET", path)

    async def _unless_gone(self, verb: str, path: str, body: Any = None, **options: Any) -> Any:
        try:
            return await self._server.request(verb, path, body=body, **options)
        except ApiError as error:
            if error.code == _NOT_FOUND:
                return None
            raise

    async def _unless_refused(self, verb: str, path: str, **options: Any) -> None:
        try:
            await self._server.request(verb, path, **options)
        except ApiError as error:
            if _is_final(error) or error.code == _FORBIDDEN:
                raise RefusedError(error.message, is_final=_is_final(error)) from None
            raise


def _is_final(error: ApiError) -> bool:
    """Return whether no retry can write the object."""
    is_too_large = error.code == _SERVER_ERROR and any(words in error.message for words in _SIZE_WORDS)
    return error.code in _FINAL_REFUSALS or is_too_large


def _managed() -> dict[str, str]:
    # Kubernetes recommends `force` for controllers, because they own their fields.
    return {"fieldManager": FIELD_MANAGER, "force": "true"}
