"""Sampler, pruner and search space."""

from __future__ import annotations

from hposweep.judge.linter.rules import LinterRule
from tests import builders as b
from tests.unit.judge.linter.case import DEPTH, KIND, LR, Case, minimum, pruned, sampled, steps

TWO = [{"name": name, "direction": "Minimize"} for name in ("a", "b")]
GRID = {"kind": ["a", "b"], "depth": [1, 2, 3, 4, 5]}
SMALL = [KIND, DEPTH]


def gridded(**grid: list[object]) -> dict[str, object]:
    return sampled("GridSampler", search_space=grid)


CASES = (
    Case(
        LinterRule.SAMPLER_REFUSED,
        {"study": sampled("TPESampler", n_startup=3)},
        {"study": sampled("TPESampler", n_startup_trials=3)},
        ("n_startup", "n_startup_trials"),
        "Error",
        ("spec.study.sampler",),
    ),
    Case(
        LinterRule.PRUNER_REFUSED,
        {"study": pruned("MedianPruner", n_startup_trials=-1)},
        {"study": pruned("MedianPruner", n_startup_trials=1)},
        ("negative",),
        "Error",
        ("spec.study.pruner",),
    ),
    Case(
        LinterRule.SAMPLER_OF_ONE_OBJECTIVE,
        {"study": {"objectives": TWO, "sampler": {"name": "CmaEsSampler"}}, "searchSpace": [LR]},
        {"study": {"objectives": TWO, "sampler": {"name": "NSGAIISampler"}}, "searchSpace": [LR]},
        ("`CmaEsSampler`", "has 2", "`NSGAIISampler`"),
        "Error",
    ),
    Case(
        LinterRule.PRUNER_OF_ONE_OBJECTIVE,
        {"study": {"objectives": TWO, "pruner": {"name": "HyperbandPruner"}}},
        {"study": {"objectives": TWO}},
        ("`HyperbandPruner`", "2 objectives"),
    ),
    Case(
        LinterRule.GRID_DOES_NOT_FIT,
        {"study": gridded(kind=["a", "b"]), "searchSpace": SMALL, "trials": {"max": 2}},
        {"study": gridded(**GRID), "searchSpace": SMALL, "trials": {"max": 10}},
        ("lacks `depth`",),
        "Error",
    ),
    Case(
        LinterRule.GRID_AGAINST_BUDGET,
        {"study": gridded(**GRID), "searchSpace": SMALL, "trials": {"max": 8}},
        {"study": gridded(**GRID), "searchSpace": SMALL, "trials": {"max": 10}},
        ("10 combinations", "is 8", "2 of them"),
    ),
    Case(
        LinterRule.GRID_AGAINST_BUDGET,
        minimum(b.trials_finished(11), study=gridded(**GRID), searchSpace=SMALL, trials={"max": 12}),
        minimum(b.trials_finished(10), study=gridded(**GRID), searchSpace=SMALL, trials={"max": 10}),
        ("`spec.success.minimum[0].trialsFinished.min` can never hold", "to 10"),
        "Error",
    ),
    Case(
        LinterRule.BRUTE_FORCE_WITHOUT_STEPS,
        {"study": sampled("BruteForceSampler"), "searchSpace": [LR]},
        {"study": sampled("BruteForceSampler"), "searchSpace": [b.float_parameter("x", 0, 1, step=0.1)]},
        ("`lr`", "`step`"),
        "Error",
        ("spec.searchSpace[0].float.step",),
    ),
    Case(
        LinterRule.CMA_ES_WITH_CHOICES,
        {"study": sampled("CmaEsSampler")},
        {"study": sampled("CmaEsSampler"), "searchSpace": [DEPTH, LR]},
        ("`kind`", "at random"),
    ),
    Case(
        LinterRule.GP_BEYOND_ITS_REACH,
        {"study": sampled("GPSampler"), "trials": {"max": 1001}},
        {"study": sampled("GPSampler"), "trials": {"max": 1000}},
        ("1001", "`TPESampler`"),
    ),
    Case(
        LinterRule.ONLY_START_UP_TRIALS,
        {"study": sampled("TPESampler", n_startup_trials=100)},
        {"study": sampled("TPESampler", n_startup_trials=99)},
        ("all trials are random",),
    ),
    Case(
        LinterRule.PRUNER_AGAINST_STEPS,
        {"study": pruned("HyperbandPruner", max_resource=81), "objective": steps(30)},
        {"study": pruned("HyperbandPruner", max_resource=29), "objective": steps(30)},
        ("81", "30 steps", "spec.objective.fixed.epochs"),
    ),
    Case(
        LinterRule.PRUNER_NEVER_PRUNES,
        {"study": pruned("MedianPruner", n_warmup_steps=30), "objective": steps(30)},
        {"study": pruned("MedianPruner", n_warmup_steps=29), "objective": steps(30)},
        ("30", "none is ever pruned"),
    ),
    Case(
        LinterRule.FIXED_AND_SEARCHED,
        {"objective": {"python": "train:objective", "fixed": {"lr": 1}}},
        {"objective": {"python": "train:objective", "fixed": {"rate": 1}}},
        ("`lr`", "not both"),
        "Error",
    ),
    Case(
        LinterRule.CONDITION_WITHOUT_PARENT,
        {"searchSpace": [KIND, b.int_parameter("n", 1, 3, when=b.when("sort", "a"))]},
        {"searchSpace": [KIND, b.int_parameter("n", 1, 3, when=b.when("kind", "a"))]},
        ("`n`", "`sort`", "allowed: `kind`"),
        "Error",
    ),
    Case(
        LinterRule.CONDITION_IN_A_CIRCLE,
        {"searchSpace": [b.int_parameter(n, 1, 3, when=b.when(m, 1)) for n, m in ("ab", "bc", "ca")]},
        {
            "searchSpace": [
                DEPTH,
                *(b.int_parameter(n, 1, 3, when=b.when(m, 1)) for n, m in (("a", "depth"), ("b", "a"))),
            ]
        },
        ("circle",),
        "Error",
    ),
    Case(
        LinterRule.CONDITION_NEVER_HOLDS,
        {"searchSpace": [KIND, b.int_parameter("n", 1, 3, when=b.when("kind", "c"))]},
        {"searchSpace": [KIND, b.int_parameter("n", 1, 3, when=b.when("kind", "b"))]},
        ('`"c"`', 'allowed: `"a"`, `"b"`'),
        "Error",
    ),
    Case(
        LinterRule.CONDITION_NEVER_HOLDS,
        {"searchSpace": [b.int_parameter("n", 1, 3), b.int_parameter("m", 1, 3, when=b.when("n", 3, 4, "2"))]},
        {"searchSpace": [b.int_parameter("n", 1, 3), b.int_parameter("m", 1, 3, when=b.when("n", 1, 3))]},
        ('not a value of `n` (got `4`, `"2"`; allowed from 1 to 3)',),
        "Error",
    ),
    Case(
        LinterRule.STEP_DOES_NOT_DIVIDE,
        {"searchSpace": [b.int_parameter("n", 0, 10, step=3)]},
        {"searchSpace": [b.int_parameter("n", 0, 10, step=30)]},  # the schema reports it
        ("Set `high` to 9",),
        "Error",
    ),
    Case(
        LinterRule.STEP_DOES_NOT_DIVIDE,
        {"searchSpace": [b.float_parameter("x", 0, 1, step=0.3)]},
        {"searchSpace": [b.float_parameter("x", 0, 0.9, step=0.3)]},
        ("step 0.3", "0.9"),
        "Error",
    ),
    Case(
        LinterRule.CHOICE_IS_NO_SCALAR,
        {"searchSpace": [b.categorical_parameter("kind", {"a": 1})]},
        {"searchSpace": [b.categorical_parameter("kind", "a", None)]},
        ("a string",),
        "Error",
    ),
    Case(
        LinterRule.DUPLICATE_CHOICE,
        {"searchSpace": [b.categorical_parameter("kind", 1, 1)]},
        {"searchSpace": [b.categorical_parameter("kind", 1, 2)]},
        ("twice",),
        "Error",
    ),
    Case(
        LinterRule.DUPLICATE_CHOICE,
        {"searchSpace": [b.categorical_parameter("kind", 0, "0", False)]},
        {"searchSpace": [b.categorical_parameter("kind", [16], [16, 32], [[16]])]},
        ("`0` and `false`", "equal in Python"),
        "Error",
    ),
    Case(
        LinterRule.DUPLICATE_CHOICE,
        {"searchSpace": [b.categorical_parameter("kind", [1, [True]], [1, [1.0]])]},
        {"searchSpace": [b.categorical_parameter("kind", *range(1000))]},
        ("`[1, [true]]` and `[1, [1.0]]`",),
        "Error",
    ),
    Case(
        LinterRule.CHOICE_IS_NO_SCALAR,
        {"searchSpace": [b.categorical_parameter("kind", [1, [{"a": 1}]])]},
        {"searchSpace": [b.categorical_parameter("model/kind", [], [1])]},
        ("a list of them",),
        "Error",
    ),
    Case(
        LinterRule.MIXED_CHOICES,
        {"searchSpace": [b.categorical_parameter("kind", "auto", True, False)]},
        {"searchSpace": [b.categorical_parameter("kind", 1, 2.5, None)]},
        ("booleans and texts", "quotes"),
    ),
)
