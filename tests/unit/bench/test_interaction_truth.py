"""The simulation of interactions behind docs/analysis.md counts what it says."""

from __future__ import annotations

from bench import interaction_truth
from bench.interaction_truth import SURFACES, Tally
from bench.judge_sim.sweep import RANDOM

ADDITIVE, PLANTED = SURFACES[0], next(surface for surface in SURFACES if surface.pair is not None)


def test_each_sweep_is_counted_once() -> None:
    tallies = interaction_truth.measure(2, 1, (60,), (RANDOM,), (ADDITIVE, PLANTED))
    assert {(name, sampler, n) for name, sampler, n in tallies} == {
        (ADDITIVE.name, RANDOM, 60),
        (PLANTED.name, RANDOM, 60),
    }
    assert all(len(tally.recall) == len(tally.false_alarms) == 2 for tally in tallies.values())
    assert tallies[ADDITIVE.name, RANDOM, 60].recall == [False, False], "an additive surface has no pair"


def test_the_table_tells_recall_from_false_alarms() -> None:
    tallies = {(surface.name, RANDOM, 100): Tally([True, False], [False, False]) for surface in (ADDITIVE, PLANTED)}
    assert list(interaction_truth.table(tallies)) == [
        "| surface | counted | random, 100 trials |",
        "|---|---|---|",
        f"| {ADDITIVE.name} | false alarm | 0.00 (0.00 to 0.66) |",
        f"| {PLANTED.name} | named | 0.50 (0.09 to 0.91) |",
        f"| {PLANTED.name} | false alarm | 0.00 (0.00 to 0.66) |",
    ]


def test_a_sweep_is_the_same_with_the_same_seed() -> None:
    first, second = (interaction_truth.view(PLANTED, RANDOM, 20, 7).trials for _ in range(2))
    assert [trial.values for trial in first] == [trial.values for trial in second]
