"""No study makes `hposweep next` fail: each gives a valid sweep that keeps the space, and says why."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hposweep.analysis.space_edit import EditKind
from hposweep.cli.next.command import propose
from hposweep.cli.next.text import as_yaml
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.validate.findings import findings
from hposweep.cluster.local.documents import parsed
from hposweep.model.findings import Severity
from hposweep.model.history import FAIL
from hposweep.model.stored_study import StoredStudy
from tests.unit.analysis.studies import SPACE, UNIT, random_study, random_trials, stored
from tests.unit.judge.histories import trial

LISTS: Any = ([1, 2], [3])
CHOICES = CategoricalDistribution(("yes", "y", "010", "1e3", "1", 1, None, "null", "- x: [", "#"))


def _conditional() -> StoredStudy:
    trials = []
    for item in random_trials(60, lambda p: 1.0):
        names = [name for name in item.params if name != "depth" or item.params["encoder"] == "cnn"]
        params = {name: item.params[name] for name in names}
        space = {name: SPACE[name] for name in names}
        trials.append(trial(item.number, item.values, params=params, distributions=space))
    return stored(trials)


def _changed() -> StoredStudy:
    trials = []
    for number in range(60):
        space: dict[str, BaseDistribution] = {"x": FloatDistribution(0, 1 + number % 2)}
        trials.append(trial(number, float(number), params={"x": 0.5}, distributions=space))
    return stored(trials)


def _failed() -> StoredStudy:
    return stored([trial(n, state=FAIL, params={"x": 0.5}, distributions={"x": UNIT}) for n in range(9)])


def _named(name: str) -> StoredStudy:
    return random_study(3, lambda p: p[name], space={name: UNIT})


EXPRESSIBLE: dict[str, Callable[[], StoredStudy]] = {
    "1 trial": lambda: random_study(1, lambda p: p["x"]),
    "3 trials": lambda: random_study(3, lambda p: p["x"]),
    "all failed": _failed,
    "one value": lambda: random_study(60, lambda p: 1.0),
    "conditional": _conditional,
    "categorical only": lambda: random_study(60, lambda p: 0.0, space={"x": CHOICES}),
    "40 parameters": lambda: random_study(20, lambda p: p["p0"], space={f"p{n}": UNIT for n in range(40)}),
    "a name of YAML": lambda: _named("no"),
    "a number as a name": lambda: _named("1e3"),
    "changed ranges": _changed,
    "a point range": lambda: random_study(30, lambda p: 0.0, space={"x": IntDistribution(3, 3)}),
    "half of a UTF-16 pair": lambda: random_study(
        3, lambda p: 0.0, space={"x": CategoricalDistribution(("a", "\ud800"))}
    ),
    "choices that are lists": lambda: random_study(3, lambda p: 0.0, space={"x": CategoricalDistribution(LISTS)}),
    "a choice that is longer than a comment": lambda: random_study(
        60, lambda p: 0.0, space={"x": CategoricalDistribution(("z" * 400, "a"))}
    ),
    "values that are no numbers": lambda: stored(
        [trial(n, (math.inf, math.nan)[n % 2], params={"x": 0.5}, distributions={"x": UNIT}) for n in range(60)]
    ),
    "objectives whose names are alike": lambda: dataclasses.replace(
        random_study(3, lambda p: (p["x"], 1.0), directions=("MINIMIZE", "MAXIMIZE")), metrics=("a b", "a-b")
    ),
    "two objectives": lambda: random_study(3, lambda p: (p["x"], 1.0), directions=("MINIMIZE", "MAXIMIZE")),
}
INEXPRESSIBLE: dict[str, Callable[[], StoredStudy]] = {
    "no trial": lambda: stored([]),
    "choices that are equal in Python": lambda: random_study(
        9, lambda p: 0.0, space={"x": CategoricalDistribution((1, True))}
    ),
    "300 parameters": lambda: random_study(9, lambda p: p["p0"], space={f"p{n}": UNIT for n in range(300)}),
    "a unicode name": lambda: _named("größe"),
    "a hostile name": lambda: _named("x\n  injected: true # \x1b[31m\u2028"),
}


@pytest.mark.parametrize("name", [*EXPRESSIBLE, *INEXPRESSIBLE])
def test_the_sweep_is_valid_keeps_the_space_and_says_why(name: str) -> None:
    study = {**EXPRESSIBLE, **INEXPRESSIBLE}[name]()
    result, header = propose(study, None, is_shared_database=True)
    text = as_yaml(result, header)
    (document,) = parsed("next", text)
    assert not [item for item in findings(document) if item.severity is Severity.ERROR]
    assert {edit.kind for edit in result.space.edits} <= {EditKind.KEEP}
    assert all(edit.reason and edit.before == edit.after for edit in result.space.edits)
    comments = " ".join(line.strip(" #") for line in text.splitlines() if line.lstrip().startswith("#"))
    for edit in result.space.edits:
        assert edit.reason in comments
    assert "\x1b" not in text
    assert "injected" not in document["spec"]
    if name in INEXPRESSIBLE:
        assert "searchSpace" not in document["spec"]
        assert "`spec.searchSpace` is left out, because" in comments
        return
    space = document["spec"]["searchSpace"]
    names = {parameter for item in study.history.trials for parameter in item.params}
    assert {item["name"] for item in space} == names


def test_more_objectives_than_a_sweep_has_are_a_sentence() -> None:
    study = random_study(3, lambda p: (p["x"],) * 9, directions=("MINIMIZE",) * 9)
    with pytest.raises(RefusedInputError, match=r"--study: .* \(got 9; allowed 8\)"):
        propose(study, None, is_shared_database=True)


def test_a_name_that_no_warm_start_can_have_starts_cold() -> None:
    study = dataclasses.replace(random_study(60, lambda p: p["x"]), name="x" * 600)
    result, header = propose(study, None, is_shared_database=True)
    assert not [item for item in findings(result.sweep) if item.severity is Severity.ERROR]
    assert "warmStart" not in result.sweep["spec"]["study"]
    assert "# study.warmStart: not set, because the sweep would be refused with it" in as_yaml(result, header)


def test_a_line_break_in_a_name_or_a_choice_ends_no_comment() -> None:
    evil = "x\r\x85\u2028\n  injected: true #"
    space: dict[str, BaseDistribution] = {"x": CategoricalDistribution(("ok", evil))}
    study = dataclasses.replace(random_study(200, lambda p: float(p["x"] == "ok"), space=space), name=evil)
    result, header = propose(study, None, is_shared_database=True)
    assert result.space.edits[0].kind is EditKind.DROP
    text = as_yaml(result, header)
    (document,) = parsed("next", text)
    assert document == result.sweep
    assert not [line for line in re.split("[\r\n\x85\u2028\u2029]", text) if line.lstrip().startswith("injected")]


def test_a_branch_becomes_a_condition() -> None:
    result, _ = propose(_conditional(), None, is_shared_database=True)
    (depth,) = (item for item in result.sweep["spec"]["searchSpace"] if item["name"] == "depth")
    assert depth["when"] == {"parameter": "encoder", "in": ["cnn"]}


def test_choices_keep_their_types() -> None:
    result, header = propose(EXPRESSIBLE["categorical only"](), None, is_shared_database=True)
    (document,) = parsed("next", as_yaml(result, header))
    (parameter,) = document["spec"]["searchSpace"]
    choices = parameter["categorical"]["choices"]
    assert [(type(value), value) for value in choices] == [(type(value), value) for value in CHOICES.choices]
