"""The trials of a study, read by SQL for judging, are what Optuna says they are, and each is read once."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import UTC
from typing import Any

import optuna
import psycopg2
import pytest

from hposweep.database import trials_sql as sql
from hposweep.database.study import Studies
from hposweep.model.history import COMPLETE, RUNNING, History
from hposweep.model.trials import Counts
from hpotrial import protocol

pytestmark = pytest.mark.postgres


def history(studies: Studies) -> History:
    study = studies.read("s", [False])
    assert study is not None
    return studies.history(study.id, study.counts)


def objective(trial: optuna.Trial) -> float:
    x = trial.suggest_float("x", 1e-3, 1, log=True)
    trial.suggest_categorical("kind", ["a", None, 3, True])
    trial.suggest_int("n", 1, 9, step=2)
    trial.set_user_attr("huge", "x" * 1000)
    trial.set_user_attr(protocol.CONTRAST, {"parameter": "kind", "pair": 1})
    trial.report(-99.0, 0)
    if trial.number == 1:
        raise optuna.TrialPruned
    if trial.number == 2:
        trial.set_user_attr(protocol.CHARGED, False)
        raise ValueError
    if trial.number == 4:
        trial.set_constraint("latency", 0.5)
    return -math.inf if trial.number == 3 else x


@pytest.fixture
def read(studies: Studies, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many trials each statement brought."""
    counted: list[int] = []
    rows = studies._histories._rows

    def counting(statement: str, which: Any) -> Sequence[tuple[Any, ...]]:
        found = rows(statement, which)
        if statement == sql.TOO_LARGE:
            return found
        assert statement == sql.UNREAD_TRIALS
        counted.append(len(found))
        return found

    monkeypatch.setattr(studies._histories, "_rows", counting)
    return counted


def test_every_trial_is_as_optuna_has_it(studies: Studies, optuna_study: optuna.Study) -> None:
    optuna_study.optimize(objective, n_trials=8, catch=ValueError)
    optuna_study.enqueue_trial({"x": 0.5})
    optuna_study.ask()
    optuna_study.enqueue_trial({"x": 0.6})
    found = history(studies).trials
    expected = optuna_study.get_trials()
    assert len(found) == len(expected) == 10
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours.number, ours.state, ours.params) == (theirs.number, theirs.state.name, theirs.params)
        assert ours.values == (tuple(theirs.values) if theirs.state.name == COMPLETE else ())
        prefixed = {key: value for key, value in theirs.user_attrs.items() if key.startswith(protocol.ATTRIBUTE_PREFIX)}
        assert ours.attributes == prefixed
        if theirs.duration is not None and theirs.datetime_complete is not None:
            assert ours.seconds == pytest.approx(theirs.duration.total_seconds(), abs=1e-5)
            assert ours.completed == theirs.datetime_complete.replace(tzinfo=UTC)
    running, waiting = found[8:]
    assert running.seconds is not None
    assert 0 <= running.seconds < 60
    assert (running.completed, waiting.seconds, waiting.completed) == (None, None, None)
    assert [trial.number for trial in found if not trial.is_feasible] == [4]
    assert [trial.number for trial in found if not trial.is_charged] == [2]
    assert [trial.number for trial in history(studies).valued] == [0, 5, 6, 7]


@pytest.mark.filterwarnings("ignore:.*constraints_func.*", "ignore::optuna.exceptions.ExperimentalWarning")
def test_the_constraints_of_a_sampler_count_as_well(studies: Studies, optuna_study: optuna.Study) -> None:
    broken: dict[int, Sequence[float]] = {0: (1, -1), 1: (-1.5, 0), 2: (-1e300, math.inf), 3: ()}
    optuna_study.sampler = optuna.samplers.TPESampler(constraints_func=lambda trial: broken[trial.number])
    optuna_study.optimize(lambda trial: 1.0, n_trials=4)
    assert [trial.number for trial in history(studies).trials if trial.is_feasible] == [1, 3]


def test_rows_of_other_programs_that_cannot_be_read_hide_no_others(
    studies: Studies, optuna_study: optuna.Study, url: str
) -> None:
    optuna_study.optimize(objective, n_trials=5, catch=ValueError)
    ids = [trial._trial_id for trial in optuna_study.get_trials()]
    attributes = {"constraints": "[1e]", "constraints:a": "1e999", "constraints:b": "-", "constraints:c": '"x"'}
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        for key, text in attributes.items():
            cursor.execute("insert into trial_system_attributes (trial_id, key, value_json) values (%s, %s, %s)",
                           (ids[0], key, text))  # fmt: skip
        for trial_id, key, text in ((ids[0], protocol.CLASS, "{"), (ids[2], protocol.POD_UID, "9" * 5000)):
            cursor.execute("insert into trial_user_attributes (trial_id, key, value_json) values (%s, %s, %s)",
                           (trial_id, key, text))  # fmt: skip
        cursor.execute("update trial_params set distribution_json = '{' where trial_id = %s and param_name = 'n'",
                       (ids[0],))  # fmt: skip
        cursor.execute("update trial_params set param_value = 'NaN' where trial_id = %s and param_name = 'kind'",
                       (ids[0],))  # fmt: skip
    connection.close()
    first, *others = history(studies).trials
    assert list(first.params) == ["x"]
    assert first.is_feasible
    assert first.attributes[protocol.CLASS] == "{"
    assert [trial.is_feasible for trial in others] == [True, True, True, False]
    assert all(set(trial.params) == {"x", "kind", "n"} for trial in others)


@pytest.mark.parametrize(
    ("text", "is_feasible"),
    [
        ("0.5", False), ("-0.5", True), ("[-1, 2]", False), ("[-1.5e-300, 0]", True), ("[]", True), ("1e307", False),
        ("Infinity", False), ("-Infinity", True), ("[-Infinity, 5e-3]", False), ("[1,", True), ("1.", True),
        ("1.7976931348623157e+308", False), ("5e-324", False), ("-2e-310", True), ("9e999", True), ("12e3", True),
    ],
)  # fmt: skip
def test_a_constraint_is_what_its_number_says(
    studies: Studies, optuna_study: optuna.Study, url: str, text: str, is_feasible: bool
) -> None:
    optuna_study.tell(optuna_study.ask(), 1.0)
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into trial_system_attributes (trial_id, key, value_json) "
            "select trial_id, 'constraints', %s from trials",
            (text,),
        )
    connection.close()
    assert [trial.is_feasible for trial in history(studies).trials] == [is_feasible]


def test_a_finished_trial_is_read_once(studies: Studies, optuna_study: optuna.Study, read: list[int]) -> None:
    asked = [optuna_study.ask() for _ in range(6)]
    optuna_study.tell(asked[0], 1.0)
    first = history(studies)
    assert history(studies) is first
    assert read == [6]
    for place in (2, 3, 5):
        optuna_study.tell(asked[place], float(place))
    second = history(studies)
    assert second is not first
    assert second.trials[0] is first.trials[0]
    assert [trial.state for trial in second.trials].count(RUNNING) == 2
    optuna_study.tell(asked[4], 4.0)
    third = history(studies)
    assert all(third.trials[place] is second.trials[place] for place in (0, 2, 3, 5))
    optuna_study.tell(asked[1], 1.0)
    fourth = history(studies)
    assert [trial.state for trial in fourth.trials] == [COMPLETE] * 6
    assert read == [6, 5, 2, 1]
    assert history(studies) is fourth
    assert len(read) == 4


def test_counts_that_move_without_a_trial_that_moved_make_no_new_history(
    studies: Studies, optuna_study: optuna.Study
) -> None:
    """The counts were read just before a trial ended and the trials just after: the next look finds nothing new."""
    optuna_study.tell(optuna_study.ask(), 1.0)
    optuna_study.ask()
    study = studies.read("s", [False])
    assert study is not None
    early = studies.history(study.id, Counts(running=2))
    assert studies.history(study.id, study.counts) is early


def test_a_random_course_ends_as_one_look_would(studies: Studies, optuna_study: optuna.Study, read: list[int]) -> None:
    rng, open_trials = random.Random(3), []
    for _ in range(150):
        if len(open_trials) < 8 and (rng.random() < 0.5 or not open_trials):
            open_trials.append(optuna_study.ask({"x": optuna.distributions.FloatDistribution(0, 1)}))
        else:
            optuna_study.tell(open_trials.pop(rng.randrange(len(open_trials))), rng.random())
        if rng.random() < 0.4:
            history(studies)
    found = history(studies)
    study = studies.read("s", [False])
    assert study is not None
    studies.forget(study.id)
    again = history(studies)
    assert again is not found
    assert [(t.number, t.state, t.values) for t in again.trials] == [
        (t.number, t.state, t.values) for t in found.trials
    ]
    assert max(read[:-1]) < 40 < read[-1]


def test_after_ten_thousand_trials_the_next_one_is_one_row(
    studies: Studies, optuna_study: optuna.Study, url: str, read: list[int]
) -> None:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into trials (study_id, number, state, datetime_start, datetime_complete) select study_id, n, "
            "'COMPLETE', now() at time zone 'utc', now() at time zone 'utc' from studies, generate_series(0, 9999) n"
        )
    connection.close()
    history(studies)
    optuna_study.tell(optuna_study.ask(), 1.0)
    assert len(history(studies).trials) == 10_001
    assert read == [*[sql.PAGE_TRIALS] * (10_000 // sql.PAGE_TRIALS), 0, 1]
