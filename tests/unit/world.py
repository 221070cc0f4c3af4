"""Builders of what the floors hand to each other, for unit tests: a sweep with the schema's defaults, and its world."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from hposweep.api.sweep import Sweep
from hposweep.model.observation import Observation
from hposweep.model.plan import Plan
from hposweep.model.storage import Storage
from hposweep.model.trials import Best, BestObjectiveValue, BestTrial, Counts, RunningTrial, Study
from hposweep.model.workers import Job, Pod, by_phase
from hposweep.plan.control import control
from hposweep.schema.crd import schema
from hposweep.schema.defaults import with_defaults
from tests import builders

Kind = TypeVar("Kind")

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
UID = "11111111-2222-3333-4444-555555555555"


def sweep(name: str = "digits", *, generation: int = 1, status: Any = None, **spec: Any) -> Sweep:
    """Keywords replace blocks of the spec, as in `tests.builders.sweep`."""
    resource = stored(builders.sweep(name, **spec), generation=generation)
    return Sweep.from_object(resource if status is None else resource | {"status": status})


def stored(resource: builders.Json, *, generation: int = 1) -> builders.Json:
    """As the API server stores it."""
    metadata = resource["metadata"] | {"uid": UID, "generation": generation}
    spec = with_defaults(resource["spec"], schema()["properties"]["spec"])
    return resource | {"metadata": metadata, "spec": spec}


def study(
    of: Sweep, *, best: float | tuple[float, ...] | None = None, running: tuple[RunningTrial, ...] = (), **counts: int
) -> Study:
    """The sweep's own study, with its control block up to date. `best` are the values of trial 3."""
    return Study(
        id=7,
        name=of.study_name,
        owner=of.uid,
        control=control(of),
        counts=Counts(**{"running": len(running), **counts}),
        best=best_trial(best) if best is not None else Best(),
        running=running,
    )


def best_trial(values: float | tuple[float, ...], *, front: int | None = None) -> Best:
    """Trial 3 is the best in everything."""
    values = values if isinstance(values, tuple) else (values,)
    return Best(BestTrial(3, values, {"x": 1.0}, front=front), tuple(BestObjectiveValue(3, value) for value in values))


def job(attempt: str = "digits-search", **fields: Any) -> Job:
    return Job(name=attempt, uid=f"uid-{attempt}", **{"parallelism": 1, **fields})


def pod(number: int = 0, phase: str = "Running", **fields: Any) -> Pod:
    return Pod(name=f"pod-{number}", uid=f"pod-uid-{number}", phase=phase, **{"is_ready": phase == "Running", **fields})


def seen(
    storage: Study | Storage | None = None, *, jobs: tuple[Job, ...] = (), pods: tuple[Pod, ...] = (), **fields: Any
) -> Observation:
    """A reachable storage unless one is given that says otherwise."""
    if not isinstance(storage, Storage):
        storage = Storage(is_reachable=True, study=storage)
    return Observation(storage=storage, children=by_phase(jobs, pods), **{"now": NOON, **fields})


def action(plan: Plan, kind: type[Kind]) -> Kind | None:
    """Return the plan's one action of that class, None without one."""
    actions = plan.of_kind(kind)
    assert len(actions) <= 1
    return actions[0] if actions else None


def only(plan: Plan, kind: type[Kind]) -> Kind:
    """Return the plan's one action of that class, which must be there."""
    (action,) = plan.of_kind(kind)
    return action


LOST = Storage(is_reachable=False, reason="ConnectionFailed", message="connection refused")
