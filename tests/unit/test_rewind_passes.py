"""A database that is restored in mid-sweep, through whole passes; each pass is by a new operator."""

from __future__ import annotations

from typing import Any

from hposweep.api import conditions as c
from hposweep.model.history import FAIL, History, Trial
from hpotrial import protocol
from tests.unit.judge.deciding import point
from tests.unit.judge.histories import of_values
from tests.unit.test_decision_passes import Story

VALUES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]


def due(name: str, trials: int) -> dict[str, Any]:
    return point(name, at={"trials": trials}, otherwise="Continue")


def first(count: int) -> History:
    return of_values(VALUES[:count])


def finding(story: Story) -> str | None:
    status = story.cluster.held.status
    assert status is not None
    condition = status.condition(c.HEALTHY)
    assert condition is not None
    return condition.message if condition.reason == "StudyRewound" else None


async def test_decisions_pause_until_as_many_trials_have_ended_again() -> None:
    story = await Story(due("early", 2), due("late", 5)).begun()
    await story.passed(1, first(4))
    decided = story.outcomes
    assert len(decided) == 1
    await story.passed(2, first(1))
    message = finding(story)
    assert message is not None
    assert "had 4 ended trials and was found with 1" in message
    assert "until 4 trials have ended again; earlier decisions stay" in message
    await story.passed(3, first(3))
    assert (finding(story), story.outcomes) == (message, decided)
    await story.passed(4, first(4))
    assert (finding(story), story.outcomes) == (None, decided)
    status = story.cluster.held.status
    assert status is not None
    assert status.study.rewound is None


async def test_trials_that_did_not_count_need_not_be_made_again() -> None:
    story = await Story(due("early", 2)).begun()
    lost = tuple(Trial(number, FAIL, attributes={protocol.CHARGED: False}) for number in (2, 3))
    await story.passed(1, History((*first(2).trials, *lost)))
    await story.passed(2, first(1))
    message = finding(story)
    assert message is not None
    assert "until 4 trials have ended again, or 2 that count against the budget; earlier" in message
    await story.passed(3, first(2))
    assert finding(story) is None


async def test_a_decision_that_falls_due_meanwhile_is_made_afterwards() -> None:
    story = await Story(due("middle", 3)).begun()
    await story.passed(1, first(2))
    await story.passed(2, first(0))
    assert story.outcomes == []
    await story.passed(3, first(1))
    assert (story.outcomes, finding(story) is not None) == ([], True)
    await story.passed(4, first(3))
    assert (len(story.outcomes), finding(story)) == (1, None)


async def test_a_rule_of_stopping_does_not_hold_meanwhile() -> None:
    rules = [{"bestValue": {"greaterThan": 0.15}}]
    story = await Story(stopWhen=rules).begun()
    await story.passed(1, of_values([0.1, 0.1, 0.1]))
    await story.passed(2, of_values([0.1]))
    await story.passed(3, of_values([0.1, 0.2]))
    status = story.cluster.held.status
    assert status is not None
    assert (status.stop_when, finding(story) is not None) == (None, True)
    assert "review" not in str((story.studies.study.control or {}) if story.studies.study else {})
    await story.passed(4, of_values([0.1, 0.2, 0.1]))
    status = story.cluster.held.status
    assert status is not None
    assert status.stop_when is not None
