"""What may change after creation changes; everything else is refused with the way out: create another sweep."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    best_value,
    categorical_parameter,
    float_parameter,
    int_parameter,
    pod_template,
    study,
    sweep,
    trials_finished,
    when,
)
from tests.contract.apiserver import RefusedError, Sweeps

Json = dict[str, Any]

# Full: every optional field given. Bare: none, so that adding one is a change as well.
FULL_SPACE = [categorical_parameter("net", "cnn", "mlp", 3), int_parameter("depth", 1, 8, when=when("net", "cnn"))]
FULL = sweep(
    "full",
    study=study(
        name="full",
        sampler={"options": {"n_startup_trials": 20}, "seed": 7},
        adopt=True,
        adoptStaleSeconds=3600,
        countExisting=False,
        enqueue=[{"net": "cnn", "depth": 3}],
        warmStart=[{"study": "v2", "top": 5}],
        constraints=[{"name": "ms", "lessThan": 20}],
    ),
    searchSpace=FULL_SPACE,
    objective={"python": "train:objective", "fixed": {"epochs": 30}, "sourceRef": {"configMap": {"name": "code"}}},
    workers={
        "replicas": 0,
        "template": pod_template(nodeSelector={"pool": "gpu"}),
        "checkpoints": {"path": "/checkpoints"},
    },
    trials={"max": 10, "maxFailed": "10%", "timeoutSeconds": 60},
    success={"minimum": [trials_finished(5)]},
)
BARE = sweep("bare", workers={"replicas": 0, "template": pod_template()})
BARE["spec"].pop("searchSpace")
COMMAND = sweep("command", objective={"command": ["./train", "-v"]}, workers=BARE["spec"]["workers"])


@pytest.fixture(scope="module")
def stored(sweeps: Sweeps) -> Sweeps:
    """Store them all; every change below is a dry run, so that the tests do not depend on their order."""
    for resource in (FULL, BARE, COMMAND):
        sweeps.create(resource)
    return sweeps


FROZEN: dict[str, tuple[str, Json, str]] = {
    "study name changed": ("full", {"study": {"name": "other"}}, "spec.study.name"),
    "study name removed": ("full", {"study": {"name": None}}, "spec.study.name"),
    "study name added": ("bare", {"study": {"name": "default.bare"}}, "spec.study.name"),
    "Secret changed": ("full", {"study": {"storage": {"secretRef": {"name": "other"}}}}, "spec.study.storage"),
    "direction changed": ("full", {"study": study(direction="Minimize")}, "spec.study.objectives"),
    "objective renamed": ("full", {"study": study(objective="loss")}, "spec.study.objectives"),
    "sampler changed": ("full", {"study": {"sampler": {"name": "RandomSampler"}}}, "spec.study.sampler"),
    "option changed": ("full", {"study": {"sampler": {"options": {"n_startup_trials": 21}}}}, "spec.study.sampler"),
    "option added": ("bare", {"study": {"sampler": {"options": {"multivariate": True}}}}, "spec.study.sampler"),
    "seed removed": ("full", {"study": {"sampler": {"seed": None}}}, "spec.study.sampler"),
    "seed added": ("bare", {"study": {"sampler": {"seed": 1}}}, "spec.study.sampler"),
    "pruner changed": ("full", {"study": {"pruner": {"name": "NopPruner"}}}, "spec.study.pruner"),
    "sampler class added": (
        "full",
        {"study": {"sampler": {"class": "mine:Sampler", "options": {}, "seed": None}}},
        "spec.study.sampler",
    ),
    "pruner class added": ("bare", {"study": {"pruner": {"class": "mine:Pruner"}}}, "spec.study.pruner"),
    "outage changed": ("full", {"study": {"storage": {"outageSeconds": 60}}}, "spec.study.storage"),
    "adopt changed": ("bare", {"study": {"adopt": True}}, "spec.study.adopt"),
    "adopt taken back": (
        "full",
        {"study": {"adopt": False, "adoptStaleSeconds": None, "countExisting": True}},
        "spec.study.adopt",
    ),
    "stale time changed": ("full", {"study": {"adoptStaleSeconds": 60}}, "spec.study.adoptStaleSeconds"),
    "stale time removed": ("full", {"study": {"adoptStaleSeconds": None}}, "spec.study.adoptStaleSeconds"),
    "stale time added": (
        "bare",
        {"study": {"adopt": True, "adoptStaleSeconds": 60}},
        "spec.study.adoptStaleSeconds",
    ),
    "old trials counted": ("full", {"study": {"countExisting": True}}, "spec.study.countExisting"),
    "constraint changed": (
        "full",
        {"study": {"constraints": [{"name": "ms", "lessThan": 30}]}},
        "spec.study.constraints",
    ),
    "constraint removed": ("full", {"study": {"constraints": None}}, "spec.study.constraints"),
    "constraint added": ("bare", {"study": {"constraints": [{"name": "a", "lessThan": 1}]}}, "spec.study.constraints"),
    "warm start changed": ("full", {"study": {"warmStart": [{"study": "v2", "top": 6}]}}, "spec.study.warmStart"),
    "warm start removed": ("full", {"study": {"warmStart": None}}, "spec.study.warmStart"),
    "warm start added": ("bare", {"study": {"warmStart": [{"study": "v2"}]}}, "spec.study.warmStart"),
    "search space removed": ("full", {"searchSpace": None}, "spec.searchSpace"),
    "search space added": ("bare", {"searchSpace": [float_parameter("x", 0, 1)]}, "spec.searchSpace"),
    "parameter added": ("full", {"searchSpace": [*FULL_SPACE, float_parameter("x", 0, 1)]}, "spec.searchSpace"),
    "bound changed": ("full", {"searchSpace": [FULL_SPACE[0], int_parameter("depth", 1, 9)]}, "spec.searchSpace"),
    "choice changed": (
        "full",
        {"searchSpace": [categorical_parameter("net", "cnn", "mlp", 4), FULL_SPACE[1]]},
        "spec.searchSpace",
    ),
    "condition changed": (
        "full",
        {"searchSpace": [FULL_SPACE[0], int_parameter("depth", 1, 8, when=when("net", "mlp"))]},
        "spec.searchSpace",
    ),
    "objective changed": ("full", {"objective": {"python": "train:other"}}, "spec.objective.python"),
    "function became a command": ("full", {"objective": {"python": None, "command": ["x"]}}, "spec.objective.python"),
    "command became python": ("command", {"objective": {"python": "a:b", "command": None}}, "spec.objective.command"),
    "command changed": ("command", {"objective": {"command": ["./train"]}}, "spec.objective.command"),
    "fixed value changed": ("full", {"objective": {"fixed": {"epochs": 31}}}, "spec.objective.fixed"),
    "fixed value added": ("bare", {"objective": {"fixed": {"epochs": 31}}}, "spec.objective.fixed"),
    "source changed": (
        "full",
        {"objective": {"sourceRef": {"configMap": {"name": "other"}}}},
        "spec.objective.sourceRef",
    ),
    "source removed": ("full", {"objective": {"sourceRef": None}}, "spec.objective.sourceRef"),
    "source added": ("bare", {"objective": {"sourceRef": {"configMap": {"name": "c"}}}}, "spec.objective.sourceRef"),
    "isolation changed": ("full", {"workers": {"isolation": "None"}}, "spec.workers.isolation"),
    "checkpoints moved": ("full", {"workers": {"checkpoints": {"path": "/x"}}}, "spec.workers.checkpoints"),
    "checkpoints kept otherwise": ("full", {"workers": {"checkpoints": {"keep": "All"}}}, "spec.workers.checkpoints"),
    "checkpoints removed": ("full", {"workers": {"checkpoints": None}}, "spec.workers.checkpoints"),
    "checkpoints added": ("bare", {"workers": {"checkpoints": {"path": "/x"}}}, "spec.workers.checkpoints"),
    "image changed": ("full", {"workers": {"template": pod_template("other")}}, "spec.workers.template"),
    "pod changed": (
        "full",
        {"workers": {"template": pod_template(nodeSelector={"pool": "cpu"})}},
        "spec.workers.template",
    ),
    "pod field added": ("bare", {"workers": {"template": pod_template(hostIPC=True)}}, "spec.workers.template"),
    "pod labels added": (
        "bare",
        {"workers": {"template": {"metadata": {"labels": {"a": "b"}}}}},
        "spec.workers.template",
    ),
}

MUTABLE: dict[str, Json] = {
    "workers": {"workers": {"replicas": 3}},
    "a point that is appended": {"study": {"enqueue": [{"net": "cnn", "depth": 3}, {"net": 3}]}},
    "no points": {"study": {"enqueue": None}},
    "owner to take over from": {"study": {"takeOverFrom": "6b6a1c3e-0f5e-4a55-9d2b-6c1f7c0a9a11"}},
    "budget": {"trials": {"max": 20}},
    "GPU time": {"budget": {"gpuSeconds": 3600}},
    "the price of GPUs": {"cost": {"pricePerGpuHour": 2.5, "currency": "EUR"}},
    "the limit on failures": {"trials": {"maxFailed": 3}},
    "no limit on failures": {"trials": {"maxFailed": None}},
    "retries": {"trials": {"maxRetries": 0}},
    "the time of a trial": {"trials": {"timeoutSeconds": 5}},
    "any time for a trial": {"trials": {"timeoutSeconds": None}},
    "patience with nodes": {"workers": {"nodeLostSeconds": 60}},
    "a tier": {"success": {"minimum": [best_value(greater_than=1)], "full": [trials_finished(20)]}},
    "no tiers": {"success": None},
    "rules that stop": {"stopWhen": [best_value(greater_than=1), {"noImprovement": {"trials": 5}}]},
    "no rule that stops": {"stopWhen": None},
    "an approval": {"approval": {"required": True}},
    "checks": {"preflight": {"paths": [{"path": "/data"}]}},
    "suspend": {"suspend": True},
    "deletion": {"deletionPolicy": "Delete"},
    "why it is run, and whom to ask": {"description": "two\nlines", "owner": "ada@example.org"},
    "everything left as it is": {
        "searchSpace": FULL_SPACE,
        "study": {"name": "full"},
        "workers": {"isolation": "Process"},
    },
}


@pytest.mark.parametrize(("name", "patch", "field"), FROZEN.values(), ids=[key.replace(" ", "-") for key in FROZEN])
def test_a_frozen_field_names_itself_and_the_way_out(stored: Sweeps, name: str, patch: Json, field: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        stored.patch(name, patch, dry_run=True)
    assert f"`{field}` cannot be changed after creation: create another sweep" in refusal.value.message


@pytest.mark.parametrize("patch", MUTABLE.values(), ids=[key.replace(" ", "-") for key in MUTABLE])
def test_what_people_steer_by_can_be_changed(stored: Sweeps, patch: Json) -> None:
    stored.patch("full", patch, dry_run=True)


def test_a_bound_holds_for_changes_as_well(stored: Sweeps) -> None:
    with pytest.raises(RefusedError, match=r"spec\.trials\.max.*greater than or equal to 1"):
        stored.patch("full", {"trials": {"max": 0}}, dry_run=True)


STOPS = ("None", "Drain", "Terminate")


@pytest.fixture(scope="module")
def stopping(sweeps: Sweeps) -> Sweeps:
    """Store one sweep for each word of `spec.stop`."""
    for word in STOPS:
        sweeps.create(sweep(f"stop-{word.lower()}", stop=word, workers={"replicas": 0, "template": pod_template()}))
    return sweeps


@pytest.mark.parametrize(
    ("before", "after"),
    [("None", "Drain"), ("None", "Terminate"), ("Drain", "Terminate"), ("Drain", "Drain")],
)
def test_stop_goes_forward(stopping: Sweeps, before: str, after: str) -> None:
    changed = stopping.patch(f"stop-{before.lower()}", {"stop": after}, dry_run=True)
    assert changed["spec"]["stop"] == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Drain", "None"),
        ("Terminate", "None"),
        ("Terminate", "Drain"),
        pytest.param("Drain", None, id="Drain-removed"),
        pytest.param("Terminate", None, id="Terminate-removed"),
    ],
)
def test_stop_never_goes_back(stopping: Sweeps, before: str, after: str | None) -> None:
    with pytest.raises(RefusedError) as refusal:
        stopping.patch(f"stop-{before.lower()}", {"stop": after}, dry_run=True)
    assert "`spec.stop` cannot go back" in refusal.value.message
