"""Good inputs are stored whole, with every default filled in by the server and nothing of the user's lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    best_value,
    categorical_parameter,
    changed,
    float_parameter,
    int_parameter,
    pod_template,
    study,
    sweep,
    trials_finished,
    when,
    without,
)
from tests.contract.apiserver import Sweeps

POD = pod_template(
    nodeSelector={"pool": "gpu"},
    restartPolicy="Never",
    tolerations=[{"key": "nvidia.com/gpu", "operator": "Exists"}],
    volumes=[{"name": "shm", "emptyDir": {"medium": "Memory"}}],
)


def test_a_minimal_sweep_gets_every_default(sweeps: Sweeps) -> None:
    spec = sweeps.create(without(sweep(), "spec.workers.replicas"), dry_run=True)["spec"]
    assert spec["study"]["storage"] == {"secretRef": {"name": "optuna-db", "key": "uri"}, "outageSeconds": 900}
    assert spec["study"]["sampler"] == {"options": {}}, "their names stand in `api.spec`: a class takes their place"
    assert spec["study"]["pruner"] == {"options": {}}
    assert spec["study"]["adopt"] is False
    assert spec["study"]["countExisting"] is True
    assert spec["study"]["takeOverFrom"] == ""
    assert spec["objective"]["fixed"] == {}
    assert spec["searchSpace"][0]["float"]["log"] is False
    assert spec["workers"]["replicas"] == 1
    assert spec["workers"]["isolation"] == "Process"
    assert spec["workers"]["nodeLostSeconds"] == 300
    assert spec["trials"] == {"max": 10, "maxRetries": 2}
    assert spec["suspend"] is False
    assert spec["stop"] == "None"
    assert spec["deletionPolicy"] == "Retain"


def test_defaults_fill_half_given_blocks_and_override_nothing(sweeps: Sweeps) -> None:
    given = study(storage={"secretRef": {"name": "app"}}, sampler={"name": "RandomSampler", "seed": 7})
    stored = sweeps.create(sweep(study=given), dry_run=True)["spec"]["study"]
    assert stored["storage"] == {"secretRef": {"name": "app", "key": "uri"}, "outageSeconds": 900}
    assert stored["sampler"] == {"name": "RandomSampler", "options": {}, "seed": 7}


def test_what_only_the_objective_or_kubernetes_knows_is_stored_untouched(sweeps: Sweeps) -> None:
    fixed = {"epochs": 30, "layers": [1, 2, {"deep": True}], "note": None, "share": 0.25}
    wanted = sweep(
        study=study(sampler={"options": {"n_startup_trials": 20, "nested": {"a": [1]}}}),
        objective={"python": "vision.train:objective", "fixed": fixed, "sourceRef": {"configMap": {"name": "code"}}},
        workers={"template": POD | {"metadata": {"labels": {"team": "vision"}, "annotations": {"a/b": "c"}}}},
    )
    stored = sweeps.create(wanted, dry_run=True)["spec"]
    assert stored["study"]["sampler"]["options"] == {"n_startup_trials": 20, "nested": {"a": [1]}}
    assert stored["objective"] == wanted["spec"]["objective"]
    assert stored["workers"]["template"] == wanted["spec"]["workers"]["template"]


LARGEST = "a-hundred-parameters-with-conditions"
ACCEPTED: dict[str, dict[str, Any]] = {
    "bounds-that-meet": sweep(searchSpace=[float_parameter("x", 1, 1), int_parameter("n", 2, 2)]),
    "log-from-a-small-number": sweep(searchSpace=[float_parameter("x", 1e-9, 1.0, log=True)]),
    "a-step-as-large-as-the-range": sweep(searchSpace=[float_parameter("x", 0.4, 0.7, step=0.3)]),
    "a-step-with-a-rest": sweep(searchSpace=[int_parameter("n", 1, 10, step=4)]),
    "choices-that-are-lists": sweep(searchSpace=[categorical_parameter("c", [], [16], [16, [32, None]])]),
    "choices-of-every-scalar": sweep(searchSpace=[categorical_parameter("c", "a", 1, 2.5, True, None)]),
    "a-condition-on-a-parameter-further-down": sweep(
        searchSpace=[int_parameter("depth", 1, 8, when=when("net", "cnn")), categorical_parameter("net", "cnn", "mlp")]
    ),
    LARGEST: sweep(
        searchSpace=[
            categorical_parameter("root", *range(100)),
            *(int_parameter(f"p{i}", 0, 1, when=when("root", *range(100))) for i in range(99)),
        ]
    ),
    "a-method-and-callbacks": sweep(
        objective={"python": "lab.train:Model.fit", "callbacks": ["tracking:mlflow_callback", "tracking:log.after"]}
    ),
    "no-search-space": without(sweep(), "spec.searchSpace"),
    "no-workers-for-now": changed(sweep(), "spec.workers.replicas", 0),
    "three-tiers": sweep(
        success={
            "minimum": [trials_finished(5), best_value(greater_than=0.3)],
            "full": [best_value(greater_than=0.32, objective="score")],
            "exceptional": [best_value(less_than=-1)],
        }
    ),
    "a-second-container": sweep(
        workers={
            "template": {"spec": {"containers": [{"name": n, "image": "i"} for n in ("side", "trial")], "volumes": []}}
        }
    ),
    "the-longest-name": changed(sweep(), "metadata.name", "a" * 40),
    "a-study-name-beyond-ascii": sweep(study=study(name="ä" * 256)),  # characters are counted, not bytes
    "a-study-name-between-no-break-spaces": sweep(study=study(name="\N{NO-BREAK SPACE}mnist\N{NO-BREAK SPACE}")),
    "a-fixed-value-beyond-ascii": sweep(objective={"python": "train:objective", "fixed": {"größe": "名前"}}),
    "an-existing-study": sweep(study=study(name="Visual classifier (v2)", adopt=True, adoptStaleSeconds=1)),
    "a-command": sweep(objective={"command": ["python", "train.py", ""], "sourceRef": {"configMap": {"name": "c"}}}),
    "a-longest-command": sweep(objective={"command": ["a" * 1024] * 64}),
    "a-sampler-and-a-pruner-of-ones-own": sweep(
        study=study(sampler={"class": "pkg.mod:Mine", "seed": 1}, pruner={"class": "mine:Pruner", "options": {"a": 1}})
    ),
    "eight-objectives": sweep(
        study={"objectives": [{"name": f"o{n}", "direction": "Minimize"} for n in range(8)]},
        success={"minimum": [best_value(less_than=1, objective="o7")]},
    ),
    "no-process-per-trial": changed(sweep(), "spec.workers.isolation", "None"),
    "checkpoints": changed(sweep(), "spec.workers.checkpoints", {"path": "/", "keep": "None"}),
    "a-share-of-failures": changed(sweep(), "spec.trials.maxFailed", "100%"),
    "no-failure-at-all": changed(sweep(), "spec.trials.maxFailed", 0),
    "limits-of-a-trial": sweep(trials={"max": 10, "maxFailed": 1_000_000, "maxRetries": 0, "timeoutSeconds": 1}),
}


@pytest.mark.parametrize("good", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_good_sweep_is_accepted(sweeps: Sweeps, good: dict[str, Any]) -> None:
    stored = sweeps.create(good, dry_run=True)["spec"]
    assert _names(stored) == _names(good["spec"])


def _names(spec: dict[str, Any]) -> list[str]:
    return [parameter["name"] for parameter in spec.get("searchSpace", [])]
