"""What is asked of the API server, by path and body; tests/contract and tests/e2e ask a real one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from hposweep.api.status import Status
from hposweep.cluster.apiserver import ApiError
from hposweep.cluster.kubernetes import Kubernetes
from hposweep.cluster.protocol import RefusedError
from hposweep.model.event import Event
from hposweep.model.plan import CreateJob, DeletePod, ReleasePods, ResetBackoff, ResizeJob
from hposweep.model.source_files import SourceFiles
from hposweep.model.workers import ImagePull
from tests.unit import world
from tests.unit.report.reading import told

JOBS = "/apis/batch/v1/namespaces/vision/jobs"
PODS = "/api/v1/namespaces/vision/pods"
EVENTS = "/api/v1/namespaces/vision/events"
POD = "/api/v1/namespaces/vision/pods/digits-search-0-abcde"


@dataclass
class RecordedServer:
    """Keeps what it was asked, and answers each path with an object or an error."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    queries: list[Any] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    types: list[str] = field(default_factory=list)

    async def request(
        self, verb: str, path: str, *, query: Any = None, body: Any = None, content_type: str = "", accept: str = ""
    ) -> Any:
        self.asked.append((verb, path))
        self.queries.append(query)
        self.bodies.append(body)
        self.types.append(content_type)
        answer = self.answers.get(path, {})
        if isinstance(answer, Exception):
            raise answer
        return answer


def kubernetes(server: RecordedServer) -> Kubernetes:
    return Kubernetes(server, lambda: world.NOON)  # type: ignore[arg-type]  # the part of it that is used


def owned(name: str, owner: str, labels: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    owners = [{"uid": owner, "controller": True}]
    made = {"creationTimestamp": "2026-01-01T00:00:00Z"}
    return {
        "metadata": {"name": name, "uid": f"uid-{name}", "ownerReferences": owners, "labels": labels or {}, **made},
        **fields,
    }


@pytest.mark.parametrize(("count", "is_asked"), [(0, True), (1, True), (2, False)])
async def test_why_a_pod_is_missing_is_asked_only_when_one_is(count: int, is_asked: bool) -> None:
    words = 'pods "x" is forbidden: exceeded quota: gpus'
    job = owned("digits-search", world.UID, spec={"parallelism": 2})
    pods = [owned(f"p{n}", "uid-digits-search", status={"phase": "Running"}) for n in range(count)]
    stranger = owned("q", "somebody", status={"phase": "Running"})
    event = {"lastTimestamp": "2026-01-01T00:00:01Z", "message": words}
    server = RecordedServer({JOBS: {"items": [job]}, PODS: {"items": [*pods, stranger]}, EVENTS: {"items": [event]}})
    (found,) = (await kubernetes(server).children(replace(world.sweep(), namespace="vision"))).values()
    assert [pod.name for pod in found.pods] == [f"p{n}" for n in range(count)]
    assert found.jobs[0].refusal == (words if is_asked else "")
    assert (("GET", EVENTS) in server.asked) is is_asked


def starting(name: str, seconds: float) -> dict[str, Any]:
    """A pod whose node has been creating its container for that long at noon."""
    scheduled = (world.NOON - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    creating = {"name": "trial", "state": {"waiting": {"reason": "ContainerCreating"}}}
    condition = {"type": "PodScheduled", "status": "True", "lastTransitionTime": scheduled}
    status = {"phase": "Pending", "conditions": [condition], "containerStatuses": [creating]}
    return owned(name, "uid-digits-search", status=status, spec={"nodeName": "gpu-7"})


PULLING = {"type": "Normal", "reason": "Pulling", "lastTimestamp": "2026-01-01T11:58:50Z"}


async def test_the_events_of_the_pod_that_starts_the_longest_are_asked_for_once_and_say_what_it_pulls() -> None:
    job = owned("digits-search", world.UID, spec={"parallelism": 3})
    pods = [starting("p0", 20), starting("p1", 72), starting("p2", 3)]
    event = {**PULLING, "message": 'Pulling image "registry.example/trial:1"'}
    server = RecordedServer({JOBS: {"items": [job]}, PODS: {"items": pods}, EVENTS: {"items": [event]}})
    (workers,) = (await kubernetes(server).children(replace(world.sweep(), namespace="vision"))).values()
    assert [query for (_, path), query in zip(server.asked, server.queries, strict=True) if path == EVENTS] == [
        {"fieldSelector": "involvedObject.uid=uid-p1", "limit": "50"}
    ]
    assert [pod.name for pod in workers.starting_pods] == ["p1", "p0", "p2"]
    pulls = [pod.pull for pod in workers.starting_pods]
    assert pulls == [ImagePull("registry.example/trial:1", world.NOON - timedelta(seconds=70)), None, None]


async def test_no_events_are_asked_for_while_no_start_is_slow_and_events_that_cannot_be_read_are_no_failure() -> None:
    job = owned("digits-search", world.UID, spec={"parallelism": 1})
    for seconds, is_asked in ((3, False), (30, True)):
        answers = {JOBS: {"items": [job]}, PODS: {"items": [starting("p", seconds)]}, EVENTS: ApiError(403, "no")}
        server = RecordedServer(answers)
        (workers,) = (await kubernetes(server).children(replace(world.sweep(), namespace="vision"))).values()
        assert (("GET", EVENTS) in server.asked) is is_asked
        assert workers.starting_pods[0].starting_since == world.NOON - timedelta(seconds=seconds)


async def test_children_are_grouped_by_phase() -> None:
    jobs = [
        owned("digits-search", world.UID, spec={}),
        owned("digits-preflight", world.UID, spec={}, labels={"hposweep.dev/phase": "preflight"}),
    ]
    pods = [
        owned(f"{job}-0", f"uid-{job}", status={}, labels={"batch.kubernetes.io/job-name": job})
        for job in ("digits-search", "digits-preflight")
    ]
    server = RecordedServer({JOBS: {"items": jobs}, PODS: {"items": pods}, EVENTS: {"items": []}})
    children = await kubernetes(server).children(replace(world.sweep(), namespace="vision"))
    names = {phase: [entry.name for entry in (*group.jobs, *group.pods)] for phase, group in children.items()}
    assert names == {
        "search": ["digits-search", "digits-search-0"],
        "preflight": ["digits-preflight", "digits-preflight-0"],
    }


async def test_a_resize_names_three_fields_and_nothing_of_the_template() -> None:
    server = RecordedServer()
    await kubernetes(server).execute("vision", ResizeJob("digits-search", 4, is_suspended=False))
    assert server.asked == [("PATCH", "/apis/batch/v1/namespaces/vision/jobs/digits-search")]
    assert server.bodies == [{"spec": {"parallelism": 4, "completions": 4, "suspend": False}}]
    assert server.types == ["application/merge-patch+json"]


async def test_a_job_that_went_meanwhile_needs_no_size_and_one_that_says_no_is_heard() -> None:
    path = "/apis/batch/v1/namespaces/vision/jobs/digits-search"
    wanted = ResizeJob("digits-search", 4, is_suspended=False)
    await kubernetes(RecordedServer({path: ApiError(404, "not found")})).execute("vision", wanted)
    with pytest.raises(RefusedError, match="immutable"):
        await kubernetes(RecordedServer({path: ApiError(422, "field is immutable")})).execute("vision", wanted)
    with pytest.raises(ApiError):
        await kubernetes(RecordedServer({path: ApiError(500, "later")})).execute("vision", wanted)


async def test_a_pod_of_a_silent_node_is_failed_before_it_is_deleted() -> None:
    """Else the Job controller would keep it, and its slot, until the node comes back."""
    server = RecordedServer()
    await kubernetes(server).execute("vision", DeletePod("digits-search-0-abcde", "gpu-7"))
    assert server.asked == [("PATCH", f"{POD}/status"), ("DELETE", POD)]
    status, options = server.bodies[0]["status"], server.bodies[1]
    assert status["phase"] == "Failed"
    assert [(entry["type"], entry["status"]) for entry in status["conditions"]] == [("DisruptionTarget", "True")]
    assert server.types[0] == "application/strategic-merge-patch+json"
    assert options == {"gracePeriodSeconds": 0}


async def test_a_pod_that_a_second_container_holds_open_is_deleted_with_its_grace_period() -> None:
    server = RecordedServer()
    await kubernetes(server).execute("vision", DeletePod("digits-search-0-abcde", "gpu-7", is_unreachable=False))
    assert server.asked == [("DELETE", POD)]
    assert server.bodies == [None]


async def test_the_pause_of_a_slot_is_read_off_its_last_pod() -> None:
    server = RecordedServer()
    await kubernetes(server).execute("vision", ResetBackoff("digits-search-0-abcde", 2))
    assert server.asked == [("PATCH", f"{POD}/status")]
    count = {"batch.kubernetes.io/job-index-ignored-failure-count": "2"}
    assert server.bodies == [{"metadata": {"annotations": count}}]
    gone = RecordedServer({f"{POD}/status": ApiError(404, "not found")})
    await kubernetes(gone).execute("vision", ResetBackoff("digits-search-0-abcde", 2))
    assert len(gone.asked) == 1


async def test_a_pod_that_is_gone_needs_no_deletion() -> None:
    gone = ApiError(404, "not found")
    server = RecordedServer({f"{POD}/status": gone, POD: gone})
    await kubernetes(server).execute("vision", DeletePod("digits-search-0-abcde", "gpu-7"))
    assert len(server.asked) == 2


STATUS = "/apis/hposweep.dev/v1alpha1/namespaces/default/hposweeps/digits/status"


JOB = "/apis/batch/v1/namespaces/vision/jobs/digits-search"
MANIFEST = {"metadata": {"name": "digits-search", "namespace": "vision"}}


@pytest.mark.parametrize(
    ("code", "message", "is_final"),
    [
        (400, "cannot be decoded", True),
        (403, "exceeded quota: jobs", False),
        (413, "Request entity too large: limit is 3145728", True),
        (422, "spec.template: Invalid value", True),
        (500, "etcdserver: request is too large", True),
    ],
)
async def test_a_job_that_no_retry_can_create_is_refused_for_good(code: int, message: str, is_final: bool) -> None:
    server = RecordedServer({JOB: ApiError(code, message), JOBS: ApiError(code, message)})
    for attempt in (
        kubernetes(server).try_create(MANIFEST),
        kubernetes(server).execute("vision", CreateJob(MANIFEST)),
    ):
        with pytest.raises(RefusedError, match=re.escape(message)) as refusal:
            await attempt
        assert refusal.value.is_final is is_final
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (400, "cannot be decoded"),
        (413, "Request entity too large: limit is 3145728"),
        (422, "status.best.params: Too many: 201: must have at most 200 items"),
        (500, "etcdserver: request is too large"),
        (500, "rpc error: trying to send message larger than max (2600000 vs. 2097152)"),
    ],
)
async def test_a_status_that_no_retry_can_write_is_refused(code: int, message: str) -> None:
    server = RecordedServer({STATUS: ApiError(code, message)})
    with pytest.raises(RefusedError, match=re.escape(message)):
        await kubernetes(server).write_status(world.sweep(), status())


@pytest.mark.parametrize(("code", "message"), [(403, "forbidden"), (429, "slow down"), (500, "internal"), (0, "")])
async def test_a_status_that_a_retry_may_write_is_retried(code: int, message: str) -> None:
    server = RecordedServer({STATUS: ApiError(code, message)})
    with pytest.raises(ApiError):
        await kubernetes(server).write_status(world.sweep(), status())


async def test_the_status_of_a_sweep_that_is_gone_is_dropped() -> None:
    server = RecordedServer({STATUS: ApiError(404, "not found")})
    await kubernetes(server).write_status(world.sweep(), status())
    assert server.asked == [("PATCH", STATUS)]


def status() -> Status:
    return told(world.sweep(), world.seen())


async def test_a_counted_pod_loses_only_the_finalizer_of_the_ledger() -> None:
    server = RecordedServer({f"{POD}/status": ApiError(404, "gone")})
    await kubernetes(server).execute("vision", ReleasePods(("digits-search-0-abcde", "other")))
    assert server.asked == [("PATCH", f"{POD}/status"), ("PATCH", f"{PODS}/other/status")]
    assert server.bodies[0] == {"metadata": {"$deleteFromPrimitiveList/finalizers": ["hposweep.dev/ledger"]}}
    assert set(server.types) == {"application/strategic-merge-patch+json"}


async def test_a_pod_that_is_kept_for_the_sweep_stays_a_child_when_its_job_is_deleted() -> None:
    kept, stranger = (owned(name, "uid-of-a-deleted-job", status={"phase": "Failed"}) for name in ("kept", "other"))
    for item, uid in ((kept, world.UID), (stranger, "uid-of-another-sweep")):
        item["metadata"] |= {"finalizers": ["hposweep.dev/ledger"], "annotations": {"hposweep.dev/sweep-uid": uid}}
    server = RecordedServer({JOBS: {"items": []}, PODS: {"items": [kept, stranger]}})
    children = await kubernetes(server).children(replace(world.sweep(), namespace="vision"))
    assert [pod.name for pod in children["search"].pods] == ["kept"]


@dataclass
class EventServer(RecordedServer):
    """Has one event already, under whatever name is asked for."""

    async def request(self, verb: str, path: str, **options: Any) -> Any:
        answer = await super().request(verb, path, **options)
        if verb == "POST":
            raise ApiError(409, "already exists")
        return {"items": [{"count": 3}]} if verb == "GET" else answer


async def test_an_event_in_the_same_words_is_counted_on_the_first_one() -> None:
    sweep = replace(world.sweep(), namespace="vision")
    server = EventServer()
    await kubernetes(server).post_event(sweep, Event("Running", "words", is_warning=False, time=world.NOON))
    name = server.bodies[0]["metadata"]["name"]
    assert server.asked == [("POST", EVENTS), ("GET", EVENTS), ("PATCH", f"{EVENTS}/{name}")]
    assert server.queries[1] == {"fieldSelector": f"metadata.name={name}", "limit": "1"}
    assert server.bodies[2] == {"count": 4, "lastTimestamp": "2026-01-01T12:00:00Z"}


async def test_an_event_that_is_refused_is_no_failure() -> None:
    server = RecordedServer({"/api/v1/namespaces/default/events": ApiError(403, "forbidden")})
    await kubernetes(server).post_event(world.sweep(), Event("Running", "words", is_warning=False, time=world.NOON))
    assert len(server.asked) == 1


async def test_the_source_has_the_names_of_its_files_and_a_version_that_changes_with_it() -> None:
    path = "/api/v1/namespaces/vision/configmaps/code"
    server = RecordedServer({path: ApiError(404, "not found")})
    assert await kubernetes(server).source_files("vision", "code") is None
    server.answers[path] = {"metadata": {"resourceVersion": "41"}, "data": {"a.py": "x"}, "binaryData": {"b": "eA=="}}
    source = SourceFiles.of({"a.py": "x", "b": "eA=="}, "41")
    assert await kubernetes(server).source_files("vision", "code") == source
