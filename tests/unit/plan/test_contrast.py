"""When contrast trials are enqueued and how many: once, near the end, within the budget."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hposweep.api.spec import MIN_SEARCHED
from hposweep.api.sweep import Sweep
from hposweep.judge.judge import judge
from hposweep.model.enqueueing import EnqueueTrials
from hposweep.model.history import FAIL, PRUNED, RUNNING, History, Trial
from hposweep.model.observation import Fault, Observation
from hposweep.model.trials import Breaker
from hposweep.plan.planner import plan
from hpotrial import protocol
from tests import builders
from tests.unit import world
from tests.unit.plan.histories import cnn, complete, context, many, mark, searched, seen, sweep, waiting


def enqueued(of: Sweep, what: Observation) -> EnqueueTrials | None:
    return world.action(plan(of, what, judge(of, what)), EnqueueTrials)


def pairs_of(action: EnqueueTrials | None) -> Counter[str]:
    marks = [trial.attributes[protocol.CONTRAST] for trial in action.trials] if action else []
    assert all(one["pair"] == other["pair"] for one, other in zip(marks[::2], marks[1::2], strict=True))
    return Counter(mark["parameter"] for mark in marks[::2])


def test_the_last_part_of_the_budget_is_for_pairs() -> None:
    of = sweep(pairs=12, most=100, replicas=4)
    assert enqueued(of, seen(of, many(71))) is None
    action = enqueued(of, seen(of, many(72)))
    assert action is not None
    assert (action.study_id, action.max_trials, len(action.trials)) == (7, 100, 24)
    original, flipped = action.trials[:2]
    assert original.params == cnn(rate=1e-4)
    assert original.attributes == mark(of=0, value="cnn")
    assert flipped.params == context(rate=1e-4)
    assert flipped.attributes == mark(of=0, value="context")


def test_running_trials_are_counted() -> None:
    of = sweep(pairs=12, most=100, replicas=4)
    assert enqueued(of, seen(of, many(68), running=4)) is not None


def test_the_best_are_the_lowest_when_values_are_minimized() -> None:
    of = sweep(pairs=2, most=20, study=builders.study(direction="Minimize"))
    action = enqueued(of, seen(of, many(16)))
    assert action is not None
    assert [trial.attributes[protocol.CONTRAST]["of"] for trial in action.trials] == [15, 15, 14, 14]


def test_what_workers_asked_for_meanwhile_leaves_fewer_whole_pairs() -> None:
    of = sweep(pairs=12, most=100)
    assert pairs_of(enqueued(of, seen(of, many(90), running=3))) == {"encoder": 3}
    assert pairs_of(enqueued(of, seen(of, many(90), running=3, waiting=2))) == {"encoder": 2}
    assert enqueued(of, seen(of, many(90), running=9)) is None


def test_parameters_share_what_fits() -> None:
    of = sweep("encoder", "rate", "depth", pairs=12, most=100)
    assert pairs_of(enqueued(of, seen(of, many(40)))) == {"encoder": 10, "rate": 10, "depth": 10}
    assert pairs_of(enqueued(of, seen(of, many(90)))) == {"encoder": 2, "rate": 2, "depth": 1}


def test_fast_trials_are_counted_ahead() -> None:
    """Two looks at the study lie a second apart; workers would have spent the budget between them."""
    of = sweep(pairs=12, most=100, replicas=4)
    fast = [replace(trial, completed=world.NOON + timedelta(seconds=0.1 * trial.number)) for trial in many(50)]
    assert pairs_of(enqueued(of, seen(of, fast))) == {"encoder": 12}
    slow = [replace(trial, completed=world.NOON + timedelta(seconds=60 * trial.number)) for trial in many(50)]
    assert enqueued(of, seen(of, slow)) is None


def test_it_takes_ten_valued_trials_of_the_sampler_s_own() -> None:
    of = sweep(pairs=2, most=14)
    failed = [Trial(number, FAIL) for number in range(20, 23)]
    pruned = [Trial(number, PRUNED) for number in range(30, 32)]
    assert enqueued(of, seen(of, [*many(9), *failed, *pruned], failed=3)) is None
    assert enqueued(of, seen(of, [*many(10), *failed, *pruned])) is not None


def test_only_trials_of_the_sampler_s_own_are_taken_for_elite() -> None:
    other = {protocol.CONTRAST: {"parameter": "rate", "pair": 0, "of": 1, "value": None}}
    of = sweep(pairs=2, most=20)
    better = complete(40, cnn(rate=9e-3), value=99.0, attributes=other)
    action = enqueued(of, seen(of, [*many(15), better]))
    assert action is not None
    assert [trial.attributes[protocol.CONTRAST]["of"] for trial in action.trials] == [0, 0, 1, 1]


@pytest.mark.parametrize("state", ["WAITING", RUNNING, FAIL, "COMPLETE"])
def test_it_is_done_once_whatever_became_of_it(state: str) -> None:
    of = sweep(pairs=2, most=20)
    done = Trial(16, state, (1.0,) if state == "COMPLETE" else (), cnn(), attributes=mark())
    assert enqueued(of, seen(of, [*many(16), done])) is None


def test_another_parameter_s_pairs_are_not_this_one_s() -> None:
    of = sweep("encoder", "rate", pairs=2, most=30)
    assert pairs_of(enqueued(of, seen(of, [*many(20), *many_marked("rate", 20)]))) == {"encoder": 2}


def test_a_parameter_named_twice_is_compared_once() -> None:
    of = sweep("encoder", "encoder", pairs=2, most=30)
    assert pairs_of(enqueued(of, seen(of, many(25)))) == {"encoder": 2}


@pytest.mark.parametrize(
    "spec",
    [
        {"contrast": None},
        {"stop": "Drain"},
        {"stop": "Terminate"},
        {"study": builders.study(sampler={"name": "GridSampler"})},
        {"study": builders.study(sampler={"name": "BruteForceSampler"})},
        {
            "study": builders.study(
                sampler={
                    "name": "PartialFixedSampler",
                    "options": {"fixed_params": {}, "base_sampler": {"name": "BruteForceSampler"}},
                }
            )
        },
        {
            "study": {
                "objectives": [{"name": "a", "direction": "Maximize"}, {"name": "b", "direction": "Minimize"}],
            }
        },
    ],
)
def test_where_nothing_can_be_compared_nothing_is_enqueued(spec: dict[str, Any]) -> None:
    of = sweep(pairs=2, most=20, **spec)
    assert enqueued(of, seen(of, many(17))) is None


def test_samplers_that_let_others_add_trials_are_compared() -> None:
    block = {"name": "PartialFixedSampler", "options": {"fixed_params": {}, "base_sampler": {"name": "TPESampler"}}}
    for sampler in (block, {"name": "RandomSampler"}, {"class": "mine:Sampler"}):
        of = sweep(pairs=2, most=20, study=builders.study(sampler=sampler))
        assert enqueued(of, seen(of, many(17))) is not None


def test_a_suspended_sweep_may_prepare_its_pairs() -> None:
    of = sweep(pairs=2, most=20, suspend=True)
    assert enqueued(of, seen(of, many(17))) is not None


def test_nothing_is_enqueued_when_the_search_is_over_or_stands() -> None:
    of = sweep(pairs=2, most=20)
    what = seen(of, many(17))
    study = what.storage.study
    assert study is not None
    for changed in (
        replace(study, is_stopped=True),
        replace(study, breaker=Breaker("ImportError", "no module", 4)),
        replace(study, control={**(study.control or {}), "stop": "Drain"}),
        replace(study, owner="somebody-else"),
    ):
        assert enqueued(of, replace(what, storage=replace(what.storage, study=changed))) is None
    assert enqueued(of, replace(what, history=None)) is None
    assert enqueued(of, replace(what, storage=world.LOST)) is None
    refused = replace(what, refusals=(Fault("InvalidTemplate", "no such field"),))
    assert enqueued(of, replace(refused, children={})) is None
    assert enqueued(of, refused) is not None, "a fault found late costs nothing"
    assert enqueued(of, seen(of, many(20))) is None, "the budget is spent"


def test_too_many_failures_end_the_sweep_without_pairs() -> None:
    of = sweep(pairs=2, most=20, trials={"max": 20, "maxFailed": 1})
    failed = [Trial(number, FAIL) for number in range(20, 23)]
    assert enqueued(of, seen(of, [*many(14), *failed], failed=3)) is None


results = st.lists(
    st.tuples(st.sampled_from([cnn, context]), st.floats(1e-4, 1e-2), st.sampled_from([-1.0, 0.0, 2.0])),
    min_size=MIN_SEARCHED,
    max_size=40,
)


@given(
    results=results,
    left=st.integers(2, 60),
    pairs=st.integers(1, 15),
    replicas=st.integers(1, 30),
    running=st.integers(0, 12),
    queued=st.integers(0, 6),
    names=st.lists(st.sampled_from(["encoder", "rate", "depth", "dropout"]), min_size=1, max_size=4, unique=True),
)
def test_the_budget_is_never_exceeded_and_the_next_look_changes_nothing(
    results: list[tuple[Any, float, float]],
    left: int,
    pairs: int,
    replicas: int,
    running: int,
    queued: int,
    names: list[str],
) -> None:
    budget = len(results) + running + queued + left
    of = sweep(*names, pairs=pairs, most=budget, replicas=replicas)
    history = [complete(number, arm(rate), value) for number, (arm, rate, value) in enumerate(results)]
    enqueue = enqueued(of, seen(of, history, running=running, waiting=queued))
    assume(enqueue)
    assert len(enqueue.trials) % 2 == 0
    assert 0 < len(enqueue.trials) <= left
    shares = pairs_of(enqueue)
    assert max(shares.values()) <= pairs
    after = [*history, *waiting(enqueue, len(history))]
    again = enqueued(of, seen(of, after, running=running, waiting=queued + len(enqueue.trials)))
    assert again is None or not set(pairs_of(again)) & set(shares)


def test_the_order_of_rows_does_not_matter() -> None:
    of = sweep("encoder", "rate", pairs=4, most=40)
    assert enqueued(of, seen(of, many(30))) == enqueued(of, seen(of, reversed(many(30))))


def test_ties_go_to_the_lower_number() -> None:
    of = sweep(pairs=1, most=20)
    tied = [replace(trial, values=(1.0,)) for trial in many(17)]
    action = enqueued(of, seen(of, tied))
    assert action is not None
    assert action.trials[0].attributes[protocol.CONTRAST]["of"] == 0


def test_contrast_trials_are_valued_but_not_elite() -> None:
    history = History((*many(3), complete(3, cnn(), 9.0, attributes=mark())))
    assert [trial.number for trial in history.valued] == [0, 1, 2, 3]
    assert [trial.number for trial in history.searched] == [0, 1, 2]


def many_marked(parameter: str, first: int) -> list[Trial]:
    return [
        replace(trial, number=first + trial.number, attributes=mark(parameter=parameter))
        for trial in searched(cnn(), cnn(depth=5))
    ]
