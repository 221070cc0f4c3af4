"""One judgement: what the linter finds reaches the gate, and ends nothing that runs."""

from __future__ import annotations

import pytest

from hposweep.judge.judge import judge
from hposweep.model.history import History
from tests import builders as b
from tests.unit import world
from tests.unit.judge.health.builders import complete
from tests.unit.report.reading import told


def test_warnings_are_said_and_the_gate_stays_open() -> None:
    verdicts = judge(world.sweep(workers=b.workers(11)), world.seen())
    assert (verdicts.accepted.is_open, verdicts.accepted.reason) == (True, "ValidWithWarnings")
    assert [finding.rule for finding in verdicts.findings] == ["MoreWorkersThanTrials"]
    assert verdicts.faults == ()


def test_an_error_shuts_the_gate_and_is_no_warning() -> None:
    verdicts = judge(world.sweep(success={"minimum": [b.trials_finished(11)]}), world.seen())
    assert (verdicts.accepted.is_open, verdicts.accepted.reason) == (False, "Contradiction")
    assert verdicts.findings == ()
    assert verdicts.end is None


def test_no_finding_ends_a_sweep_that_has_workers() -> None:
    wrong = world.sweep(study=b.study(sampler={"name": "TPE"}))
    assert judge(wrong, world.seen(jobs=(world.job(),), pods=(world.pod(),))).end is None
    assert judge(wrong, world.seen()).end is not None


@pytest.mark.parametrize("has_workers", [False, True])
def test_criteria_that_are_too_many_are_refused_and_not_judged(
    monkeypatch: pytest.MonkeyPatch, has_workers: bool
) -> None:
    monkeypatch.setattr("hposweep.judge.criteria.tiers.verdict", None)  # a call would raise
    sweep = world.sweep(success={f"tier{n}": [{"anyOf": [b.best_value(greater_than=0.5)] * 8}] * 16 for n in range(8)})
    study = world.study(sweep, best=0.6, complete=3)
    history = History(tuple(complete(number, 0.6) for number in range(3)))
    children = {"jobs": (world.job(),), "pods": (world.pod(),)} if has_workers else {}
    seen = world.seen(study, history=history, **children)
    verdicts = judge(sweep, seen)
    assert (verdicts.accepted.is_open, verdicts.accepted.reason) == (False, "Contradiction")
    assert verdicts.accepted.message.startswith("`spec.success`: 1024 criteria")
    assert (verdicts.end, verdicts.tiers) == (None, ())
    assert told(sweep, seen).trials.complete == 3
