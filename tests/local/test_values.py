"""Values survive a run: what the objective was given and what it wrote is in the record, whatever JSON says of it."""

from __future__ import annotations

import json
import math
from typing import Any

import optuna
import pytest

from hpotrial.protocol import STORAGE_URL_ENV, driver_url
from tests.builders import without
from tests.local.command import spaced_sweep
from tests.local.conftest import Runner
from tests.local.objectives.odd_values import layers
from tests.postgres_server import PostgresServer


def sweep_of(objective: dict[str, Any], *, trials: int = 2, workers: int = 1, **spec: Any) -> dict[str, Any]:
    template = {"spec": {"containers": [{"name": "trial", "image": "any"}]}}
    document = spaced_sweep(trials=trials, objective=objective, workers={"replicas": workers, "template": template})
    document["spec"] |= spec
    return document if "searchSpace" in spec else without(document, "spec.searchSpace")


def test_numbers_that_are_not_finite_end_no_run_and_no_second_one(run: Runner) -> None:
    document = without(sweep_of({"python": "odd_values:not_finite"}), "spec.success")
    command = run(document)
    assert command.wait() == 0
    trials = [json.loads(json.dumps(trial), parse_constant=pytest.fail) for trial in command.trials()]
    assert [trial["state"] for trial in trials] == ["COMPLETE"] * 2
    noise = {"a": [1, None, "NaN", "Infinity"], "text": "Größe ☃ 🙂", "nul": "a\x00b"}
    assert trials[0]["attributes"]["noise"] == noise
    best = command.status()["best"]["params"]["scale"]
    assert best == trials[0]["params"]["scale"]
    assert best in ("NaN", "-Infinity")
    assert run(document).wait() == 0


def test_a_programs_result_may_hold_nan(run: Runner) -> None:
    result = '{"value": 1, "attributes": {"acc": NaN}, "constraints": {"ms": -Infinity, "mb": -1e999}}'
    document = without(sweep_of({"command": ["sh", "-c", f"echo '{result}' > $HPO_RESULT_FILE"]}), "spec.success")
    command = run(document)
    assert command.wait() == 0
    assert [trial["attributes"]["acc"] for trial in command.trials()] == ["NaN", "NaN"]


def test_a_status_shows_a_bounded_part_of_many_and_long_parameters(run: Runner) -> None:
    command = run(without(sweep_of({"python": "odd_values:many"}), "spec.success"))
    assert command.wait() == 0
    params = command.status()["best"]["params"]
    assert len(params) == 101
    assert params["…"] == "and 102 more"
    assert len(params["a-text"]) == 256
    assert "and 102 more" in command.text()
    assert len(command.trials()[0]["params"]) == 202


def test_a_search_space_of_lists_and_names_with_a_slash_reaches_two_workers(run: Runner) -> None:
    space = [
        {"name": "model/layers", "categorical": {"choices": [[16], [16, [32, None]], []]}},
        {"name": "many", "categorical": {"choices": list(range(1000))}},
        {"name": "x", "float": {"low": 0, "high": 1}, "when": {"parameter": "model/layers", "in": [[16], []]}},
    ]
    program = 'echo "{\\"value\\": 1, \\"attributes\\": {\\"got\\": $HPO_PARAM_MODEL_LAYERS}}" > $HPO_RESULT_FILE'
    document = sweep_of({"command": ["sh", "-c", program]}, trials=8, workers=2, searchSpace=space)
    command = run(without(document, "spec.success"))
    assert command.wait() == 0
    assert [trial["state"] for trial in command.trials()] == ["COMPLETE"] * 8
    for trial in command.trials():
        assert trial["attributes"]["got"] == trial["params"]["model/layers"]
        assert ("x" in trial["params"]) == (trial["params"]["model/layers"] != [16, [32, None]])


@pytest.fixture
def old_study(postgres: PostgresServer, request: pytest.FixtureRequest) -> str:
    """Return the URL of a database with a study of plain Optuna: tuples, NaN in attributes, a trial that failed."""
    url = postgres.create_database(f"old{abs(hash(request.node.nodeid)) % 10**9}")
    storage = optuna.storages.RDBStorage(driver_url(url))
    study = optuna.create_study(storage=storage, study_name="old")
    study.set_user_attr("scale", [math.nan, math.inf])

    def noted(trial: optuna.Trial) -> float:
        trial.set_user_attr("noise", {"a": math.nan})
        trial.report(math.nan, 0)
        return math.nan if trial.number == 2 else layers(trial)

    study.optimize(noted, n_trials=4)
    study.enqueue_trial({"layers": (16, 32), "x": 0.5})
    storage.engine.dispose()
    return url


def adopting(**spec: Any) -> dict[str, Any]:
    study = {"name": "old", "adopt": True, "objectives": [{"name": "loss", "direction": "Minimize"}]}
    return without(sweep_of({"python": "odd_values:layers"}, trials=8, workers=2, study=study, **spec), "spec.success")


def test_an_old_study_with_tuples_and_nan_is_continued(run: Runner, old_study: str) -> None:
    command = run(adopting(), **{STORAGE_URL_ENV: old_study})
    assert command.wait() == 0
    assert [trial["state"] for trial in command.trials()].count("COMPLETE") == 7
    assert command.trials()[0]["attributes"]["noise"] == {"a": "NaN"}
    assert command.trials()[4]["params"] == {"layers": [16, 32], "x": 0.5}


def test_a_study_that_defines_a_parameter_otherwise_is_refused_before_a_worker_starts(
    run: Runner, old_study: str
) -> None:
    space = [{"name": "layers", "categorical": {"choices": [[16], [16, 32], [64]]}}]
    command = run(adopting(searchSpace=space), **{STORAGE_URL_ENV: old_study})
    assert command.wait() == 2
    text = " ".join(command.text().split())
    assert "`spec.searchSpace[0]`: study `old` defines `layers` otherwise" in text
    assert "(got [[16], [16, 32], [64]]; allowed [[16], [16, 32]])" in text
    assert not list((command.out / "logs").iterdir())
