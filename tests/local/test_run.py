"""From a file to a verdict without a cluster, and again: what a person sees, and what the folder holds."""

from __future__ import annotations

import re
from pathlib import Path

from tests.builders import changed, without
from tests.local.command import spaced_sweep
from tests.local.conftest import Runner


def test_a_sweep_runs_to_its_verdict_and_leaves_its_files_and_nothing_else(run: Runner) -> None:
    command = run(spaced_sweep())
    assert command.wait() == 0
    assert command.leftovers() == []
    assert command.condition("Complete") == ("True", "BudgetReached")
    assert command.condition("MinimumSuccess") == ("True", "AllCriteriaMet")
    assert [trial["number"] for trial in command.trials()] == list(range(12))
    first = command.trials()[0]
    assert first["state"] == "COMPLETE"
    assert first["values"] == [(first["params"]["x"] - 2.0) ** 2]
    assert first["seconds"] >= 0.05
    assert first["attributes"]["hposweep:pod"].startswith("spaced-search-")
    logs = "".join(log.read_text() for log in (command.out / "logs").iterdir())
    assert len(re.findall(r"^trial \d+ runs$", logs, re.MULTILINE)) == 12
    assert "Complete in " in command.text()
    assert "Best trial " in command.text()
    assert str(command.out) in command.text()


def test_a_second_run_says_that_it_is_done_and_a_larger_budget_goes_on(run: Runner) -> None:
    assert run(spaced_sweep(trials=4)).wait() == 0
    again = run(spaced_sweep(trials=4))
    assert again.wait() == 0
    assert "The sweep had finished before, so nothing was run" in again.text()
    assert len(again.trials()) == 4
    larger = run(spaced_sweep(trials=7))
    assert larger.wait() == 0
    assert len(larger.trials()) == 7
    assert larger.condition("Complete") == ("True", "BudgetReached")


def test_what_has_trials_cannot_become_another_search(run: Runner) -> None:
    assert run(spaced_sweep(trials=2)).wait() == 0
    other = run(changed(spaced_sweep(trials=2), "spec.searchSpace.0.float.high", 9.0))
    assert other.wait() == 2
    assert "`spec.searchSpace` cannot be changed after creation" in other.text()
    assert "--out" in other.text()


def test_what_failed_before_its_first_trial_can_be_mended_in_place(run: Runner) -> None:
    wrong = changed(spaced_sweep(trials=2), "spec.objective.python", "spaced:objectve")
    wrong = changed(without(wrong, "spec.success"), "spec.study.objectives.0.direction", "Maximize")
    first = run(wrong)
    assert first.wait() == 1
    assert first.condition("Failed") == ("True", "WorkersFailed")
    assert "has no `objectve`; did you mean `objective`?" in first.text()
    mended = run(spaced_sweep(trials=2))
    assert mended.wait() == 0
    best = mended.status()["best"]["value"]
    assert best == float(f"{min(trial['values'][0] for trial in mended.trials()):.6g}"), (
        "and its direction is the new one"
    )


def test_a_plain_objective_finds_the_files_beside_it(run: Runner) -> None:
    plain = without(spaced_sweep(trials=2), "spec.searchSpace")
    command = run(changed(plain, "spec.objective", {"python": "spaced:ignorant"}))
    assert command.wait() == 0
    assert all(trial["values"][0] >= 3.0 for trial in command.trials())


def test_code_from_a_config_map_of_the_same_file_comes_first(run: Runner, folder: Path) -> None:
    code = {"spaced.py": "def objective(trial):\n    return 7.0\n"}
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "code"}, "data": code}
    with_source = changed(spaced_sweep(trials=2), "spec.objective.sourceRef", {"configMap": {"name": "code"}})
    command = run(config_map, with_source)
    assert command.wait() == 0
    assert [trial["values"] for trial in command.trials()] == [[7.0], [7.0]]


def test_the_template_s_environment_reaches_the_objective(run: Runner, folder: Path) -> None:
    (folder / "spaced.py").write_text("import os\ndef objective(trial):\n    return float(os.environ['OFFSET'])\n")
    command = run(
        changed(
            spaced_sweep(trials=1), "spec.workers.template.spec.containers.0.env", [{"name": "OFFSET", "value": "5"}]
        )
    )
    assert command.wait() == 0
    assert command.trials()[0]["values"] == [5.0]


def test_the_command_line_may_say_how_many_workers_and_which_study(run: Runner) -> None:
    command = run(spaced_sweep(trials=3), arguments=("--workers", "1", "--study", "mine"))
    assert command.wait() == 0
    assert command.status()["study"]["name"] == "mine"
    assert len(list((command.out / "logs").iterdir())) == 1


def test_an_objective_that_searches_another_space_is_named_after_its_first_trial(run: Runner) -> None:
    document = changed(spaced_sweep(trials=2), "spec.objective.python", "spaced:another_space")
    document["spec"]["success"] = {"minimum": [{"clearTrend": {"parameters": ["x"]}}]}
    command = run(changed(document, "spec.trials.max", 26))
    command.wait()
    assert command.condition("Healthy") == ("False", "SearchSpaceDiffers")
    assert command.condition("MinimumSuccess")[0] == "Unknown"
    first, _, _ = command.text().partition("Complete ")
    for words in ("`x` is asked for as float 0 to 1", "`width` is asked for"):
        assert words in " ".join(first.split())
