"""What there is to be seen of a sweep that has no worker for long: read at that moment, for whoever asks why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from tests.chaos.tolerance import glimpse
from tests.e2e.installation import NAMESPACE
from tests.e2e.place import Place

SHOWN_LINES = 30
LISTED = "hposweeps,jobs,pods"
NODE_COLUMNS = "NAME:.metadata.name,TAINTS:.spec.taints[*].key,CONDITIONS:.status.conditions[?(@.status=='True')].type"


def portrait(place: Place, name: str) -> str:
    """The sweep as its user, the cluster, the database and the operator see it; what is away is said to be."""
    return "\n".join(f"--- {title}\n{_said(look)}" for title, look in _looks(place, name))


def _looks(place: Place, name: str) -> Iterator[tuple[str, Callable[[], str]]]:
    study = place.study(name)
    yield "nodes", lambda: place.kubectl("get", "nodes", "-o", f"custom-columns={NODE_COLUMNS}")
    yield LISTED, lambda: place("get", LISTED, "-o", "wide")
    yield f"status of {name}", lambda: json.dumps(place.status(name), sort_keys=True)
    yield f"jobs of {name}", lambda: json.dumps([job["status"] for job in place.jobs(name)], sort_keys=True)
    yield f"pods of {name}", lambda: json.dumps([_brief(pod) for pod in place.pods(name)], sort_keys=True)
    yield f"trials of {name} by state", lambda: str(dict(place.database.counts(study)))
    yield f"RUNNING trials of {name}", lambda: "\n".join(map(str, place.database.running(study)))
    yield f"study of {name}", lambda: json.dumps(place.database.attributes(study), sort_keys=True)
    yield (
        "operator",
        lambda: place.kubectl(
            "logs", "-n", NAMESPACE, "-l", "app.kubernetes.io/component=operator", f"--tail={SHOWN_LINES}"
        ),
    )


def _brief(pod: dict[str, object]) -> dict[str, object]:
    metadata = pod["metadata"]
    assert isinstance(metadata, dict)
    shown = ("name", "creationTimestamp", "deletionTimestamp", "annotations", "finalizers")
    return {**{key: metadata.get(key) for key in shown}, "status": pod["status"]}


def _said(look: Callable[[], str]) -> str:
    said = glimpse(look)
    return "no answer" if said is None else said
