"""`eliteShare`: a winner has its share and is better at equal age, or by contrast pairs."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hposweep.api.criteria import EliteShare
from hposweep.api.space import Choices, Parameter
from hposweep.judge.criteria.elite_facts import ChoiceFacts, EliteFacts
from hposweep.judge.criteria.elite_share import DECISIONS, Reason, decide, word
from hposweep.judge.statistics import wilson
from hposweep.model.history import COMPLETE, Trial
from hposweep.model.verdicts import Outcome
from tests.unit.judge.criteria.builders import F, T, U, judged, pairs, searched, trial

ARM = EliteShare("arm", min=0.7)


def cnn_is_better(params: dict[str, Any], draw: random.Random) -> float:
    return (1.0 if params["arm"] == "cnn" else 0.0) + draw.gauss(0, 0.3)


def nothing_matters(params: dict[str, Any], draw: random.Random) -> float:
    return draw.gauss(0, 1)


BETTER, NULL = searched(100, cnn_is_better), searched(100, nothing_matters)
# What an adaptive sampler leaves: later trials are better whatever they try, and nearly all of them are cnn.
SETTLED = [
    trial(number, number / 100 + random.Random(number).gauss(0, 0.1), arm="context" if number % 12 == 0 else "cnn")
    for number in range(100)
]


@pytest.mark.parametrize(
    ("criterion", "trials", "ended", "outcome"),
    [
        (ARM, BETTER, True, T),
        (ARM, BETTER, False, T),
        (EliteShare("arm", value="cnn", min=0.7), BETTER, True, T),
        (EliteShare("arm", value="cnn", min_lift=1.5), BETTER, True, T),
        (EliteShare("arm", value="cnn", min=0.7, min_lift=5.0), BETTER, True, F),
        (EliteShare("arm", value="context", min=0.7), BETTER, True, F),
        (EliteShare("arm", value="context", min=0.7), BETTER, False, U),
        (EliteShare("arm", value="context", min_lift=1.5), BETTER, True, F),
        (EliteShare("arm", value="mixer", min=0.1), BETTER, True, F),
        (EliteShare("arm", min=0.55), NULL, True, U),
        (ARM, NULL, True, F),
        (EliteShare("arm", min=0.99), NULL, True, F),
        (EliteShare("arm", min=0.99), NULL, False, U),
        (ARM, SETTLED, True, U),
        (ARM, BETTER[:24], True, U),
        (EliteShare("ghost", min=0.7), BETTER, True, U),
        (EliteShare("lr", min=0.7), BETTER, True, U),
        (ARM, None, True, U),
    ],
)
def test_every_outcome(criterion: EliteShare, trials: list[Trial] | None, ended: bool, outcome: Outcome) -> None:
    assert judged(criterion, trials, ended=ended).outcome == outcome


def test_the_sentence_and_the_evidence_have_all_numbers() -> None:
    found = judged(ARM, SETTLED)
    share = found.evidence["share"]
    assert share == 0.85
    assert "17 of 20 elite trials (85 %, 90 % interval 68 to 94 %)" in found.message
    assert "91 of all 100 (91 %)" in found.message
    assert "no evidence that cnn is better at equal age (p 0.27, corrected for 2 choices)" in found.message
    assert found.evidence["trialsPerChoice"] == {"cnn": 91, "context": 9}
    assert (found.value, found.threshold, found.margin, found.trials) == (share, 0.7, pytest.approx(share - 0.7), 100)
    assert {"low", "high", "lift", "p", "pCorrected", "sampledShare"} <= set(found.evidence)


def test_pairs_have_the_last_word_when_there_are_six_of_them() -> None:
    contrast = pairs([0.3, 0.2, 0.4, 0.1, 0.5, 0.25, 0.35], start=100)
    found = judged(ARM, SETTLED + contrast)
    assert found.outcome == T
    assert "by 7 contrast pairs" in found.message
    assert found.evidence["pCorrected"] == pytest.approx(2 / 2**7)
    assert judged(ARM, SETTLED + contrast[:10]).outcome == U  # five pairs: the search alone speaks
    refuted = pairs([-0.3, -0.2, -0.4, -0.1, -0.5, -0.25, -0.35], start=100)
    assert judged(ARM, SETTLED + refuted).outcome == F
    alike = pairs([0.3, -0.2, 0.4, -0.1, -0.5, 0.25, -0.35], start=100)
    assert judged(ARM, BETTER + alike).outcome == U  # fairer than the search, so it counts alone


def test_half_a_pair_is_none() -> None:
    contrast = pairs([0.3] * 6, start=100)
    assert judged(ARM, SETTLED + contrast[:-1]).evidence.get("pairs") is None


def test_contrast_trials_are_not_elite() -> None:
    contrast = [
        Trial(one.number, COMPLETE, (50.0,), {"arm": "context"}, attributes=one.attributes)
        for one in pairs([0.0] * 5, start=100)
    ]
    assert judged(ARM, BETTER + contrast).evidence["trialsPerChoice"] == judged(ARM, BETTER).evidence["trialsPerChoice"]


def test_true_is_not_one_and_a_null_is_a_choice() -> None:
    choices: tuple[Any, ...] = (True, 1, None)
    trials = [trial(number, number % 7, arm=choices[number % 3]) for number in range(60)]
    space = (Parameter("arm", categorical=Choices(choices)),)
    found = judged(EliteShare("arm", value=True, min=0.1), trials, space=space)
    assert found.evidence["trialsPerChoice"] == {"true": 20, "1": 20, "null": 20}


def test_a_conditional_parameter_is_judged_where_it_was_sampled() -> None:
    trials = [
        Trial(one.number, COMPLETE, one.values, one.params if one.number % 2 else {})
        for one in searched(80, cnn_is_better)
    ]
    assert judged(ARM, trials).trials == 40


def test_choices_that_the_spec_does_not_name_are_those_that_were_seen() -> None:
    found = judged(ARM, BETTER, space=())
    assert (found.outcome, found.evidence["choices"]) == (T, 2)


def facts(
    *, share: float = 0.8, p: float | None = 0.001, rival_p: float | None = None, min_share: float = 0.7
) -> EliteFacts:
    """Twenty elite trials of a hundred, half of which have the choice."""
    choice = ChoiceFacts("cnn", trials=50, elite=round(20 * share), share=share, sampled=0.5, p=p, pairs=None)
    rival = ChoiceFacts(
        "context", trials=50, elite=20 - choice.elite, share=1 - share, sampled=0.5, p=rival_p, pairs=None
    )
    low, high = wilson(choice.elite, 20)
    return EliteFacts(EliteShare("arm", min=min_share), choice, (rival,), trials=100, elite=20, low=low, high=high)


@pytest.mark.parametrize(
    ("measured", "outcome", "reason", "words"),
    [
        (facts(), T, Reason.WINS, "is better than the others"),
        (facts(p=0.5, rival_p=0.001), F, Reason.A_RIVAL_WINS, "but context is better"),
        (facts(share=0.1), F, Reason.TOO_LITTLE, "too little"),
        (facts(share=0.65), U, Reason.SHARE_IS_UNCLEAR, "unclear whether its share is large enough"),
        (facts(p=0.5), U, Reason.NO_EVIDENCE, "no evidence that cnn is better"),
        (facts(p=None), U, Reason.NO_EVIDENCE, "no p: too little to compare"),
    ],
)
def test_the_decision_table(measured: EliteFacts, outcome: Outcome, reason: Reason, words: str) -> None:
    assert decide(measured, has_ended=True) == (outcome, reason)
    assert decide(measured, has_ended=False) == (U if outcome is F else outcome, reason)
    assert words in word(measured, reason)


def test_every_reason_is_in_the_decision_table() -> None:
    assert [reason for _, _, reason in DECISIONS] == list(Reason)
