"""The simulation behind docs/analysis.md counts what it says."""

from __future__ import annotations

from bench import analysis_truth
from bench.judge_sim.sweep import SAMPLERS


def test_each_parameter_is_counted_once_for_each_sweep_and_sampler() -> None:
    hits = analysis_truth.measure(sweeps=1, seed=1, trials=30)
    assert {len(answers) for answers in hits.values()} == {1}
    names = {name for _, _, name in hits}
    assert names == {"x1", "x2", "x3", "lr", "depth", "family", "any without effect"}
    assert {sampler for _, sampler, _ in hits} == set(SAMPLERS)


def test_the_table_tells_recall_from_false_alarms() -> None:
    hits = {
        (question, sampler, name): [True, False]
        for question in analysis_truth.QUESTIONS
        for sampler in SAMPLERS
        for name in ("x1", "x3")
    }
    rows = list(analysis_truth.table(hits))
    assert "| direction | x1 | matters | 0.50 (0.09 to 0.91) | 0.50 (0.09 to 0.91) |" in rows
    assert "| direction | x3 | no effect | 0.50 (0.09 to 0.91) | 0.50 (0.09 to 0.91) |" in rows
    assert "| at a bound | x1 | inside | 0.50 (0.09 to 0.91) | 0.50 (0.09 to 0.91) |" in rows
