"""What there was to be seen when a fault found nobody to hit: read at that moment, for the story at the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from tests.chaos.tolerance import glimpse
from tests.chaos.world import World
from tests.e2e.installation import NAMESPACE

SHOWN_LINES = 30
LISTED = "hposweeps,jobs,pods"


def portrait(world: World) -> str:
    """The newest sweep as its user, the cluster, the database and the operator see it; what is away is said to be."""
    return "\n".join(f"--- {title}\n{_said(look)}" for title, look in _looks(world, world.current))


def _looks(world: World, name: str) -> Iterator[tuple[str, Callable[[], str]]]:
    study, database = world.place.study(name), world.place.database
    yield "nodes", lambda: world.place.kubectl("get", "nodes", "-o", "wide")
    yield LISTED, lambda: world.place("get", LISTED, "-o", "wide")
    yield f"status of {name}", lambda: json.dumps(world.place.status(name), sort_keys=True)
    yield f"jobs of {name}", lambda: json.dumps([job["status"] for job in world.place.jobs(name)], sort_keys=True)
    yield "trials by state", lambda: str(dict(database.counts(study)))
    yield "RUNNING trials", lambda: "\n".join(map(str, database.running(study)))
    yield "study", lambda: json.dumps(database.attributes(study), sort_keys=True)
    yield (
        "operator",
        lambda: world.place.kubectl(
            "logs", "-n", NAMESPACE, "-l", "app.kubernetes.io/component=operator", f"--tail={SHOWN_LINES}"
        ),
    )


def _said(look: Callable[[], str]) -> str:
    said = glimpse(look)
    return "no answer" if said is None else said
