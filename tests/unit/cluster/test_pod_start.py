"""A pod that has a node and does not run yet: since when, and what its events say that it waits for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hposweep.cluster import pod_start
from hposweep.model.workers import ImagePull, Pod
from tests.unit.world import NOON

SINCE = NOON - timedelta(seconds=90)
SCHEDULED = {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-01-01T11:58:30Z"}
POD = Pod("p", "u", "Pending", starting_since=SINCE, node="gpu-7")


def container(name: str, **state: Any) -> dict[str, Any]:
    return {"name": name, "state": state}


CREATING = container("trial", waiting={"reason": "ContainerCreating"})
INITIALIZING = container("trial", waiting={"reason": "PodInitializing"})
RUNNING_INIT = container("copy", running={"startedAt": "2026-01-01T11:59:00Z"})


def item(*containers: Any, init: tuple[Any, ...] = (), conditions: Any = (SCHEDULED,), **fields: Any) -> dict[str, Any]:
    return {
        "spec": {"initContainers": [{"name": "copy", **fields}]},
        "status": {
            "phase": "Pending",
            "conditions": conditions,
            "containerStatuses": containers,
            "initContainerStatuses": init,
        },
    }


def event(reason: str, message: str, second: int, kind: str = "Normal") -> dict[str, str]:
    return {"type": kind, "reason": reason, "message": message, "lastTimestamp": f"2026-01-01T11:59:{second:02}Z"}


@pytest.mark.parametrize(
    ("body", "is_starting"),
    [
        (item(CREATING), True),
        (item(), True),
        (item(INITIALIZING, init=(container("copy", waiting={"reason": "PodInitializing"}),)), True),
        (item(INITIALIZING, init=(RUNNING_INIT,)), False),
        (item(INITIALIZING, init=(RUNNING_INIT,), restartPolicy="Always"), True),
        (item(container("trial", waiting={"reason": "ErrImagePull"})), False),
        (item(CREATING, conditions=[{**SCHEDULED, "status": "False"}]), False),
        (item(CREATING, conditions=[]), False),
    ],
)
def test_a_pod_starts_while_its_node_creates_its_first_containers(body: dict[str, Any], is_starting: bool) -> None:
    assert pod_start.starting_since(body) == (SINCE if is_starting else None)


def test_a_pod_that_runs_does_not_start() -> None:
    body = item(container("trial", running={}))
    body["status"]["phase"] = "Running"
    assert pod_start.starting_since(body) is None


PULLING = event("Pulling", 'Pulling image "registry.example/trial:1"', 2)


@pytest.mark.parametrize(
    ("events", "is_pulling"),
    [
        ([event("Scheduled", "Successfully assigned", 1), PULLING], True),
        ([PULLING, event("Pulled", 'Successfully pulled image "registry.example/trial:1" in 3s', 5)], False),
        ([PULLING, event("Pulled", 'Successfully pulled image "registry.example/trial:1" in 9ms', 2)], False),
        ([event("Pulled", 'Container image "sidecar:1" already present on machine', 2), PULLING], True),
        ([PULLING, event("Failed", 'Failed to pull image "registry.example/trial:1": not found', 4, "Warning")], False),
        ([], False),
    ],
)
def test_a_pull_lasts_from_its_event_to_that_of_its_end(events: list[dict[str, str]], is_pulling: bool) -> None:
    pull = pod_start.with_events(POD, events, NOON).pull
    assert pull == (ImagePull("registry.example/trial:1", NOON - timedelta(seconds=58)) if is_pulling else None)


def test_a_warning_that_lasts_is_why_it_does_not_start() -> None:
    mount = event(
        "FailedMount", 'MountVolume.SetUp failed for volume "code": configmap "code" not found', 40, "Warning"
    )
    stuck = pod_start.with_events(POD, [event("Scheduled", "ok", 1), mount], NOON)
    assert (stuck.reason, stuck.message) == ("FailedMount", mount["message"])
    early = pod_start.with_events(POD, [mount], SINCE + timedelta(seconds=10))
    assert early == POD, "the volume may be attached a moment later"


def test_events_of_the_newer_api_have_their_time_elsewhere() -> None:
    newer = {
        "type": "Normal",
        "reason": "Pulling",
        "message": 'Pulling image "x"',
        "eventTime": "2026-01-01T11:59:02.5Z",
    }
    pull = pod_start.with_events(POD, [newer], NOON).pull
    assert pull is not None
    assert pull.image == "x"
