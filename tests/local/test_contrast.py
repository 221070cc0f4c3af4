"""A run ends with fair pairs in its study, and the pairs show what is true."""

from __future__ import annotations

from collections import defaultdict

from hpotrial.protocol import CONTRAST
from tests.builders import categorical_parameter, float_parameter, study
from tests.local.command import spaced_sweep
from tests.local.conftest import Runner


def test_a_run_spends_the_end_of_its_budget_on_pairs(run: Runner) -> None:
    command = run(
        spaced_sweep(
            trials=60,
            study=study(direction="Minimize", objective="loss", sampler={"name": "TPESampler", "seed": 1}),
            objective={"python": "families:objective"},
            searchSpace=[float_parameter("x", -5.0, 5.0), categorical_parameter("family", "curved", "flat")],
            contrast={"parameters": ["family"], "pairs": 6},
        )
    )
    assert command.wait() == 0
    assert command.condition("Complete") == ("True", "BudgetReached")
    trials = command.trials()
    assert len(trials) == 60
    assert {trial["state"] for trial in trials} == {"COMPLETE"}
    pairs = defaultdict(dict)
    for trial in trials:
        if mark := trial["attributes"].get(CONTRAST):
            assert trial["params"]["family"] == mark["value"]
            pairs[mark["pair"]][mark["value"]] = trial
    assert sorted(pairs) == list(range(6))
    for pair in pairs.values():
        assert pair["curved"]["params"]["x"] == pair["flat"]["params"]["x"]
        assert abs(pair["flat"]["values"][0] - pair["curved"]["values"][0] - 1.0) < 1e-9
    first = min(trial["number"] for trial in trials if CONTRAST in trial["attributes"])
    assert first >= 10
