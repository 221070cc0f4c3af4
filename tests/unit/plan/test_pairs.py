"""Fair pairs: golden cases, and what holds for every space and every ranking."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import optuna
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.space import Choices, IntRange, Parameter
from hposweep.plan.pairs import Pair, pairs
from hpotrial.objective.params import distributions, suggest
from tests.unit.plan.histories import DEPTH, ENCODER, SPACE, WIRE_SPACE, cnn, complete, context, searched

KIND = Parameter("kind", categorical=Choices(("a", "b", "c")))


def values(pair: Pair) -> tuple[Any, Any]:
    return pair.sides[0].value, pair.sides[1].value


def test_two_choices_are_flipped_on_the_best_configurations_in_order() -> None:
    ranked = searched(cnn(1e-3), cnn(2e-3), context(3e-3, heads=2), cnn(4e-3))
    made = pairs(SPACE, "encoder", ranked, 3)
    assert [pair.of for pair in made] == [0, 1, 2]
    assert [values(pair) for pair in made] == [("cnn", "context")] * 3
    assert [side.params for side in made[0].sides] == [cnn(1e-3), context(1e-3, heads=2)]
    assert [side.params for side in made[2].sides] == [cnn(3e-3), context(3e-3, heads=2)]


def test_equal_configurations_make_one_pair() -> None:
    ranked = searched(cnn(1e-3), cnn(1e-3), cnn(2e-3))
    assert [pair.of for pair in pairs(SPACE, "encoder", ranked, 12)] == [0, 2]


def test_with_more_choices_the_leading_one_meets_each_other_in_turn() -> None:
    ranked = searched(
        *({"kind": kind, "x": number} for number, kind in enumerate("bbabcb")),
    )
    made = pairs((KIND, Parameter("x", int_=IntRange(0, 9))), "kind", ranked, 4)
    assert [values(pair) for pair in made] == [("b", "a"), ("b", "c"), ("b", "a"), ("b", "c")]
    assert [pair.of for pair in made] == [0, 0, 1, 1], "each other choice goes down the ranking by itself"


def test_a_configuration_with_a_third_choice_comes_last() -> None:
    ranked = searched(*({"kind": kind, "x": number} for number, kind in enumerate("cbb")))
    made = pairs((KIND, Parameter("x", int_=IntRange(0, 9))), "kind", ranked, 6)
    assert [(values(pair), pair.of) for pair in made] == [
        (("b", "a"), 1),
        (("b", "c"), 0),
        (("b", "a"), 2),
        (("b", "c"), 1),
        (("b", "a"), 0),
        (("b", "c"), 2),
    ]


def test_the_bounds_of_a_number_are_probed_in_turn() -> None:
    ranked = searched(cnn(rate=1e-4), cnn(rate=2e-3), cnn(rate=1e-2))
    made = pairs(SPACE, "rate", ranked, 4)
    assert [(values(pair), pair.of) for pair in made] == [
        ((None, "low"), 1),
        ((None, "high"), 0),
        ((None, "low"), 2),
        ((None, "high"), 1),
    ]
    assert [side.params["rate"] for side in made[0].sides] == [2e-3, 1e-4]


def test_bounds_of_whole_numbers_are_whole() -> None:
    (pair, _) = pairs(SPACE, "depth", searched(cnn(depth=4)), 2)
    assert [side.params["depth"] for side in pair.sides] == [4, 2]
    assert all(type(side.params["depth"]) is int for side in pair.sides)


def test_a_parameter_that_a_configuration_has_not_is_not_compared_there() -> None:
    made = pairs(SPACE, "depth", searched(context(), cnn(), context(rate=2e-3)), 12)
    assert {pair.of for pair in made} == {1}


def test_what_cannot_be_compared_makes_no_pair() -> None:
    ranked = searched(cnn())
    assert pairs(SPACE, "unknown", ranked, 2) == ()
    assert pairs(SPACE, "encoder", (), 2) == ()
    assert pairs((Parameter("kind", categorical=Choices(("a",))),), "kind", searched({"kind": "a"}), 2) == ()
    assert pairs((Parameter("n", int_=IntRange(3, 3)),), "n", searched({"n": 3}), 2) == ()


def test_a_configuration_outside_the_space_is_passed_over() -> None:
    ranked = searched(cnn(depth=40), cnn(depth=5))
    assert [pair.of for pair in pairs(SPACE, "encoder", ranked, 12)] == [1]


def test_a_comparison_is_mirrored_with_the_names_of_its_choices() -> None:
    """No choice is preferred for its place in the list."""
    turned = (Parameter("encoder", categorical=Choices(("context", "cnn"))), DEPTH, *SPACE[2:])
    ranked = searched(cnn(), context(rate=2e-3), cnn(rate=3e-3))
    assert pairs(turned, "encoder", ranked, 3) == pairs((ENCODER, DEPTH, *SPACE[2:]), "encoder", ranked, 3)


rates = st.floats(1e-4, 1e-2)
steps = st.integers(0, 10).map(lambda step: 0.05 * step)
configurations = st.one_of(
    st.builds(cnn, rates, st.integers(2, 8), steps), st.builds(context, rates, st.integers(1, 16), steps)
)


@given(
    st.lists(configurations, max_size=20),
    st.sampled_from(["encoder", "depth", "heads", "rate", "dropout"]),
    st.integers(1, 14),
)
def test_every_pair_differs_in_the_parameter_and_its_children_only_and_is_legal(
    found: list[dict[str, Any]], name: str, count: int
) -> None:
    children = {"encoder": {"depth", "heads"}}.get(name, set())
    ranked = searched(*found)
    made = pairs(SPACE, name, ranked, count)
    assert len(made) <= count
    for pair in made:
        one, other = (side.params for side in pair.sides)
        differing = {key for key in one.keys() | other.keys() if one.get(key, ...) != other.get(key, ...)}
        assert name in differing
        assert differing <= {name, *children}
        assert set(one) | set(other) <= {item.name for item in SPACE}
        original = ranked[pair.of].params
        assert any(side.params == original for side in pair.sides), "with two choices one side is as it was"
        for side in pair.sides:
            assert suggested(side.params) == side.params
    assert all(first != second for first, second in pairwise(made))


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.integers(1, 12))
def test_no_choice_is_met_much_oftener_than_another(kinds: list[str], count: int) -> None:
    space = (KIND, Parameter("x", int_=IntRange(0, 99)))
    ranked = [complete(number, {"kind": kind, "x": number}) for number, kind in enumerate(kinds)]
    made = pairs(space, "kind", ranked, count)
    assert len(made) == min(count, 2 * len(kinds))
    met = Counter(values(pair)[1] for pair in made)
    assert max(met.values()) - min(met.get(kind, 0) for kind in set("abc") - {values(made[0])[0]}) <= 1


def suggested(params: Any) -> dict[str, Any]:
    """What a worker gets for these, when a trial is enqueued with them."""
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    study.enqueue_trial(params)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return suggest(study.ask(), WIRE_SPACE)


def test_the_two_spellings_of_the_space_are_one() -> None:
    assert list(distributions(WIRE_SPACE)) == ["encoder", "depth", "heads", "rate", "dropout"]
    assert {item.name for item in SPACE} == set(distributions(WIRE_SPACE))
