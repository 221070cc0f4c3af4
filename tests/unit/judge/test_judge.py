"""One judgement: what the linter finds reaches the gate, and ends nothing that runs."""

from __future__ import annotations

from hposweep.judge.judge import judge
from tests import builders as b
from tests.unit import world


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
