"""No study makes the analysis fail: each says what can and cannot be known, in every format."""

from __future__ import annotations

import csv
import io
import json
import math
import random
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hposweep.analysis import importances as importances_module
from hposweep.analysis.analyze import Analysis, analyze
from hposweep.cli.analyze import documents, markdown, text
from hposweep.cli.analyze.sections import sections
from hposweep.model.history import FAIL, PRUNED, Trial
from hposweep.model.stored_study import StoredStudy
from tests.unit.analysis.studies import SPACE, UNIT, random_study, random_trials, stored
from tests.unit.judge.histories import trial

HOSTILE = "[bold red]x[/] \x1b[31m|`<script>` \u202e\n" + "very long " * 100


def _rare() -> StoredStudy:
    """A parameter in 5 % of the trials."""
    trials = []
    for item in random_trials(60, lambda p: p["x"]):
        names = [name for name in item.params if name != "lr" or item.number % 20 == 0]
        params = {name: item.params[name] for name in names}
        trials.append(
            trial(item.number, item.values, params=params, distributions={name: SPACE[name] for name in names})
        )
    return stored(trials)


def _changed() -> StoredStudy:
    """The range of x changes with each trial, and y becomes a whole number."""
    generator, trials = random.Random(1), []
    for number in range(60):
        space: dict[str, BaseDistribution] = {
            "x": FloatDistribution(-number, 1 + number),
            "y": IntDistribution(0, 9) if number > 30 else FloatDistribution(0, 9, step=0.5),
        }
        params = {"x": generator.uniform(0, 1), "y": generator.randint(0, 9)}
        trials.append(trial(number, params["x"], params=params, distributions=space))
    return stored(trials)


def _hostile() -> StoredStudy:
    space: dict[str, BaseDistribution] = {HOSTILE: UNIT, "ünïcödé \ud800": CategoricalDistribution((HOSTILE, "=1+1"))}
    trials = [
        trial(item.number, item.values, params=item.params, distributions=space, attributes={HOSTILE: HOSTILE})
        for item in random_trials(40, lambda p: p[HOSTILE], space)
    ]
    return StoredStudy(HOSTILE, ("MAXIMIZE",), stored(trials).history, 40, (HOSTILE,), HOSTILE, (HOSTILE,))


def _lists() -> dict[str, BaseDistribution]:
    """What Optuna reads from a database for choices that were tuples: they have no hash."""
    choices: Any = ([1, 2], [3])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Optuna, about their type
        return {"x": CategoricalDistribution(choices), "y": UNIT}


def _states(state: str) -> StoredStudy:
    return stored([trial(number, 1.0, state, params={"x": 0.5}, distributions={"x": UNIT}) for number in range(9)])


def _extremes(value: Callable[[int], float]) -> StoredStudy:
    generator = random.Random(2)
    params = [{"x": generator.random()} for _ in range(60)]
    return stored(
        [trial(n, value(n), params=item, distributions={"x": UNIT}, seconds=None) for n, item in enumerate(params)]
    )


WIDE: dict[str, BaseDistribution] = {f"p{place}": UNIT for place in range(40)}
STUDIES: dict[str, Callable[[], StoredStudy]] = {
    "no trial": lambda: stored([]),
    "1 trial": lambda: random_study(1, lambda p: p["x"]),
    "3 trials": lambda: random_study(3, lambda p: p["x"]),
    "all failed": lambda: _states(FAIL),
    "all pruned": lambda: _states(PRUNED),
    "one value": lambda: random_study(60, lambda p: 1.0),
    "NaN": lambda: _extremes(lambda n: math.nan),
    "some infinite": lambda: _extremes(lambda n: math.inf if n % 3 else float(n)),
    "huge": lambda: _extremes(lambda n: 1e308 * (-1) ** n),
    "tiny": lambda: _extremes(lambda n: 5e-324 * n),
    "one parameter": lambda: random_study(60, lambda p: p["x"], space={"x": UNIT}),
    "no parameter": lambda: stored([trial(number, float(number)) for number in range(60)]),
    "a rare parameter": _rare,
    "40 parameters": lambda: random_study(60, lambda p: p["p0"], space=WIDE),
    "30 choices": lambda: random_study(60, lambda p: 1.0, space={"x": CategoricalDistribution(tuple(range(30)))}),
    "changed ranges": _changed,
    "hostile names": _hostile,
    "two objectives": lambda: random_study(40, lambda p: (p["x"], -p["x"]), directions=("MINIMIZE", "MAXIMIZE")),
    "two objectives, 1 trial": lambda: random_study(1, lambda p: (1.0, 2.0), directions=("MINIMIZE", "MAXIMIZE")),
    "two objectives, no trial": lambda: stored([], ["MINIMIZE", "MAXIMIZE"]),
    "a point range": lambda: random_study(40, lambda p: p["x"], space={"x": UNIT, "y": IntDistribution(3, 3)}),
    "choices that are lists": lambda: random_study(40, lambda p: float(len(p["x"])), space=_lists()),
    "no distributions": lambda: stored([trial(n, float(n), params={"x": n}) for n in range(60)]),
}


def _text(analysis: Analysis) -> str:
    out = io.StringIO()
    text.print_sections(sections(analysis), out, width=60)
    return out.getvalue()


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.filterwarnings("error")
def test_every_study_is_analyzed_and_printed_in_every_format(name: str) -> None:
    analysis = analyze(STUDIES[name]())
    printed = _text(analysis)
    assert "Study" in printed
    assert "Next" in printed
    document: dict[str, Any] = json.loads(documents.as_json(analysis))
    assert yaml.safe_load(documents.as_yaml(analysis)).keys() == document.keys()
    rows = list(csv.reader(io.StringIO(documents.as_csv(sections(analysis)))))
    assert {len(row) for row in rows} == {4}
    assert markdown.as_markdown(sections(analysis)).startswith("# Study")
    for output in (printed, markdown.as_markdown(sections(analysis))):
        assert "\x1b" not in output
        assert "\u202e" not in output
        assert "nan" not in output.split()
        assert max(map(len, printed.splitlines())) <= 60


@pytest.mark.parametrize("name", ["no trial", "1 trial", "3 trials", "all failed", "all pruned", "NaN"])
def test_a_study_of_which_nothing_can_be_known_says_so(name: str) -> None:
    analysis = analyze(STUDIES[name]())
    assert all(part.parameters == () and part.notes for part in analysis.importances)
    assert all(not item.side for part in analysis.effects for item in part.parameters)
    assert all(part.interactions == () and part.notes for part in analysis.interactions)
    assert _text(analysis).count("?") >= 3


def test_names_are_neither_markup_nor_markdown_nor_formulas() -> None:
    analysis = analyze(_hostile())
    printed, page, table = (
        _text(analysis),
        markdown.as_markdown(sections(analysis)),
        documents.as_csv(sections(analysis)),
    )
    assert "[bold red]x[/]" in printed
    assert r"\[bold red\]x\[/\] " in page
    assert "<script>" not in page.replace(r"\<script\>", "")
    assert not any(line.startswith("very long") for line in page.splitlines())
    assert "'=1+1" in table
    assert ",=1+1" not in table


@pytest.mark.parametrize(
    ("words", "escaped"),
    [
        ("- a list", r"\- a list"),
        ("+ a list", r"\+ a list"),
        ("1. a list", r"1\. a list"),
        ("=== a heading", r"\=== a heading"),
        ("--- a rule", r"\--- a rule"),
        ("www.example.com", r"www\.example.com"),
        ("-", "-"),
        ("-0.5", "-0.5"),
        ("1.5", "1.5"),
        ("+1e-05", "+1e-05"),
    ],
)
def test_no_line_begins_a_block_of_markdown_and_numbers_stay(words: str, escaped: str) -> None:
    assert markdown.escape(words) == escaped


@pytest.mark.parametrize(
    "words", ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\uff20SUM(1)"]
)
def test_a_spreadsheet_computes_no_cell(words: str) -> None:
    assert documents.safe_cell(words) == f"'{words}"


@pytest.mark.parametrize("words", ["", "-", "-0.5", "+1", "-inf", "a=1", "1-1"])
def test_other_cells_stay_as_they_are(words: str) -> None:
    assert documents.safe_cell(words) == words


def test_ten_thousand_trials_are_sampled_and_the_sample_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importances_module, "SEEDS", 2)
    monkeypatch.setattr(importances_module, "EXCHANGES", 2)
    space = {f"p{place}": UNIT for place in range(10)}
    (part,) = analyze(random_study(10_000, lambda p: p["p0"], space=space)).importances
    assert part.trials == 1000
    assert "1000 of 10000 comparable trials were drawn at random (seed 0)." in part.notes


def test_hidden_trials_do_not_change_the_ranking() -> None:
    """A retried, infeasible or running trial is no rival of the best one."""
    trials: list[Trial] = [trial(0, 1.0), trial(1, 9.0, is_feasible=False), trial(2, state="RUNNING")]
    assert [item.number for item in analyze(stored(trials)).summary.top] == [0]
