"""Scripts as Optuna's own tutorials have them run as they are, and give the study that `study.optimize` gives.

The reference runs in a pod of the same image, with the same packages; one worker, the same seed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import optuna
import pytest

from hpotrial.protocol import driver_url
from tests.builders import workers
from tests.e2e.images import with_torch
from tests.e2e.place import Place, make_config_map
from tests.e2e.scripts.reference import described

SCRIPTS = Path(__file__).parent / "scripts"
CONFIG_MAP = "scripts"
TRIALS = 12
PULL_SECONDS = 300  # the image brings torch
TPE = {"name": "TPESampler", "options": {"n_startup_trials": 4}, "seed": 11}
NSGA = {"name": "NSGAIISampler", "options": {"population_size": 4}, "seed": 5}
NOP: dict[str, Any] = {"name": "NopPruner"}
MEDIAN = {"name": "MedianPruner", "options": {"n_startup_trials": 2, "n_warmup_steps": 2}}

# Script: directions, sampler, pruner.
CASES: dict[str, tuple[list[str], dict[str, Any], dict[str, Any]]] = {
    "quadratic_function": (["minimize"], TPE, NOP),
    "choosing_a_model": (["maximize"], TPE, NOP),
    "pruning_early": (["minimize"], TPE, MEDIAN),
    "layers_in_a_loop": (["minimize"], TPE, MEDIAN),
    "two_goals": (["minimize", "minimize"], NSGA, NOP),
    "with_constraints": (["minimize"], TPE, NOP),
    "noting_attributes": (["maximize"], {"name": "RandomSampler", "seed": 3}, NOP),
    "asking_the_study": (["minimize"], TPE, NOP),
}

pytestmark = [pytest.mark.timeout(600), pytest.mark.group("heavy")]  # computes with torch, as test_demo does


def sweep_name(script: str) -> str:
    return script.replace("_", "-")


@pytest.fixture(scope="module")
def place(shared: Place) -> Place:
    """All sweeps and all references, side by side in one namespace."""
    image = with_torch()
    make_config_map(
        shared.server, shared.name, CONFIG_MAP, {path.name: path.read_text() for path in SCRIPTS.glob("*.py")}
    )
    for script, (directions, sampler, pruner) in CASES.items():
        goals = [
            {"name": f"goal_{place}", "direction": word.capitalize()} for place, word in enumerate(directions, start=1)
        ]
        sweep = shared.sweep(
            sweep_name(script),
            most=TRIALS,
            study={"objectives": goals, "sampler": sampler, "pruner": pruner},
            objective={"python": f"{script}:objective", "sourceRef": {"configMap": {"name": CONFIG_MAP}}},
            workers=workers(1, image=image),
        )
        del sweep["spec"]["searchSpace"]
        shared.apply(sweep)
        _start_reference(shared, image, script, [script, str(TRIALS), *map(json.dumps, (directions, sampler, pruner))])
    return shared


def _start_reference(place: Place, image: str, script: str, arguments: list[str]) -> None:
    container = {
        "name": "reference",
        "image": image,
        "command": ["python", "/scripts/reference.py", *arguments],
        "env": [{"name": "PYTHONPATH", "value": "/app:/scripts"}],
        "volumeMounts": [{"name": "scripts", "mountPath": "/scripts"}, {"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  (its own)
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    spec = {
        "restartPolicy": "Never",
        "containers": [container],
        "volumes": [{"name": "scripts", "configMap": {"name": CONFIG_MAP}}, {"name": "tmp", "emptyDir": {}}],
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
    }
    body = {"metadata": {"name": f"reference-{sweep_name(script)}"}, "spec": spec}
    place.server.send("POST", f"/api/v1/namespaces/{place.name}/pods", body)


@pytest.mark.parametrize("script", CASES)
def test_the_sweep_equals_study_optimize(place: Place, script: str) -> None:
    name = sweep_name(script)
    place.until_condition(name, "Complete", seconds=PULL_SECONDS)
    place("wait", f"pod/reference-{name}", "--for=jsonpath={.status.phase}=Succeeded", f"--timeout={PULL_SECONDS}s")
    reference = json.loads(place("logs", f"reference-{name}").strip().splitlines()[-1])
    storage = optuna.storages.RDBStorage(driver_url(place.database.address()))
    try:
        study = optuna.load_study(study_name=place.study(name), storage=storage)
        found = json.loads(json.dumps([described(trial) for trial in study.trials]))
    finally:
        storage.engine.dispose()
    assert len(found) == TRIALS
    assert found == reference
