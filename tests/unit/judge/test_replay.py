"""The same rules on a study that is known as a whole: a replay agrees with what was decided on the way."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from hposweep.judge.decisions import replay
from hposweep.model.history import Trial
from tests.unit.judge.deciding import NOW, best_of, evidence, point, seen, sweep, visited
from tests.unit.judge.histories import START, after, failed, history, trial

MOMENTS = ({"trials": 4}, {"fraction": 0.75}, {"trials": 11}, {"trials": 12})


@given(seed=st.integers(0, 10_000), workers=st.integers(1, 5))
def test_a_replay_of_the_finished_study_agrees_with_what_was_decided_on_the_way(seed: int, workers: int) -> None:
    """Whatever ends in whatever order, however seldom somebody looks, and through a restart at every look."""
    rng = random.Random(seed)
    most = 12
    of = sweep(
        *(point(f"p{place}", at=at, dryRun=rng.random() < 0.5) for place, at in enumerate(MOMENTS)),
        most=most,
        answers=[{"decision": f"p{rng.randrange(4)}", "answer": rng.choice(["Continue", "Stop"])}],
    )
    finished = _finished(rng, most)
    ended: set[int] = set()
    running = list(range(min(workers, len(finished))))
    for step in range(len(finished) + 1):
        if rng.random() < 0.6 or step == len(finished):
            so_far = [entry for entry in finished if entry.number in ended]
            so_far += [trial(number, state="RUNNING") for number in running]
            rng.shuffle(so_far)
            of, _ = visited(of, seen(of, history(*so_far), after(step)))
        if running:
            done = rng.choice(running)
            running.remove(done)
            ended.add(done)
            following = max((*ended, *running)) + 1
            if following < len(finished):
                running.append(following)
    assert of.status is not None
    live = [(entry.name, entry.outcome, entry.trials, entry.evidence, entry.message) for entry in of.status.decisions]
    again = replay(of.spec, evidence(of, history(*finished)), NOW)
    assert live == [(entry.name, entry.outcome, entry.trials, entry.evidence, entry.message) for entry in again]


def _finished(rng: random.Random, most: int) -> list[Trial]:
    """A study of so many charged trials, some of them failed or pruned, with others that are not charged between."""
    trials, charged = [], 0
    while charged < most:
        number, kind = len(trials), rng.random()
        if kind < 0.15:
            trials.append(failed(number, "Preempted", charged=False))
            continue
        charged += 1
        if kind < 0.25:
            trials.append(failed(number))
        elif kind < 0.35:
            trials.append(trial(number, state="PRUNED"))
        else:
            trials.append(trial(number, rng.choice([0.2, 0.27, 0.31, 0.4]) * rng.random() ** 0.1))
    return trials


def test_a_replay_takes_its_time_from_the_trials() -> None:
    of = sweep(point("early", at={"seconds": 150}, otherwise="Continue"), point("late", at={"seconds": 301}))
    (decision,) = replay(of.spec, evidence(of, best_of(0.31)), NOW)
    assert (decision.name, decision.trials, decision.time) == ("early", 2, after(120))
    undated = history(*[trial(number, 0.31, seconds=None, completed=None) for number in range(5)])
    assert replay(of.spec, evidence(of, undated), NOW) == ()
    by_number = sweep(point())
    (decision,) = replay(by_number.spec, evidence(by_number, undated), NOW)
    assert (decision.outcome, decision.time) == ("Continue", NOW)


def test_a_replay_waits_for_nobody() -> None:
    of = sweep(point())
    (decision,) = replay(of.spec, evidence(of, best_of(0.28)), START)
    assert (decision.outcome, decision.deadline, decision.is_pending) == ("Ask", None, False)
    assert replay(of.spec, evidence(of, None), START) == ()
