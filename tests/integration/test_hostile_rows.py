"""Rows that another program wrote: of another type, no JSON, too deep, of megabytes. Each is a value or a reason."""

from __future__ import annotations

import json
from dataclasses import replace

import optuna
import pytest

from hposweep.api import conditions
from hposweep.database import statements as sql
from hposweep.database.errors import StorageError
from hposweep.database.study import Studies
from hposweep.judge.judge import judge
from hposweep.model.enqueueing import EnqueueTrials
from hposweep.model.history import UnreadableRow
from hpotrial import protocol
from tests.unit import world

pytestmark = pytest.mark.postgres
OF_A_STUDY = (
    protocol.OWNER, protocol.STOPPED, protocol.PROTOCOL, protocol.CONTROL, protocol.BREAKER, protocol.EXISTING,
    protocol.WARM_START, protocol.IMAGES, f"{protocol.DISK}:0", protocol.SOURCE,
)  # fmt: skip
OF_A_TRIAL = (
    protocol.POD_NAME, protocol.POD_UID, protocol.NODE_NAME, protocol.WORKER_INDEX, protocol.ATTEMPT, protocol.RETRIES,
    protocol.IMAGE, protocol.CLASS, protocol.FINGERPRINT, protocol.LOG_TAIL, protocol.ERROR, protocol.PRUNED_BECAUSE,
    protocol.SAMPLER_ERROR, protocol.GPUS, protocol.CODE, protocol.COMMIT, protocol.RETRIED_FROM, protocol.CONTRAST,
    protocol.START, protocol.CHARGED,
)  # fmt: skip
HOSTILE = {
    "no JSON": "[1e]",
    "empty": "",
    "deep": "[" * 20_000,
    "null": "null",
    "NaN": "NaN",
    "number": "1e999",
    "huge integer": "9" * 4000,
    "text": '"\\u0000\\ud800 x"',
    "list": '[{"a": 1}]',
    "object": '{"trial": "x", "class": [], "free": {"/": "much"}, "key": {}, "parameter": [], "pair": "x", "of": {}}',
}
SET = (
    "insert into trial_user_attributes (trial_id, key, value_json) values (%(trial_id)s, %(key)s, %(value)s) "
    "on conflict (trial_id, key) do update set value_json = excluded.value_json"
)


@pytest.mark.parametrize("key", OF_A_STUDY)
def test_an_attribute_of_a_study_is_read_or_named(optuna_study: optuna.Study, studies: Studies, key: str) -> None:
    good = studies.read("s", [False])
    assert good is not None
    for value in HOSTILE.values():
        studies._session.run(sql.SET_ATTRIBUTE, {"study_id": good.id, "key": key, "value": value})
        refusal = None
        try:
            study = studies.read("s", [False])
        except StorageError as error:
            refusal = error
        if refusal is not None:
            assert refusal.reason == conditions.STUDY_UNREADABLE
            assert refusal.message.startswith(f"attribute `{key}` of study `s` cannot be read")
            studies._session.run(refusal.message.rpartition("Remove it: `")[2].rstrip("`"))
            study = studies.read("s", [False])
        assert study is not None
        judge(world.sweep(), world.seen(replace(study, owner=world.sweep().uid)))


def test_attributes_of_megabytes_are_named_and_not_read(optuna_study: optuna.Study, studies: Studies) -> None:
    key = "hposweep:it's mine"
    optuna_study.set_user_attr(key, "x" * 5_000_000)
    with pytest.raises(
        StorageError, match=r"attribute `hposweep:it's mine` of study `s` is the largest of 5,0"
    ) as caught:
        studies.read("s", [False])
    studies._session.run(caught.value.message.rpartition("Remove it: `")[2].rstrip("`"))
    assert studies.read("s", [False]) is not None


@pytest.mark.parametrize("key", OF_A_TRIAL)
def test_an_attribute_of_a_trial_costs_no_pass(optuna_study: optuna.Study, studies: Studies, key: str) -> None:
    trials = [optuna_study.ask() for _ in (*HOSTILE, "too large")]  # before they are spoilt, because Optuna reads all
    for place, trial in enumerate(trials[:-1]):
        trial.suggest_float("x", 0, 1)
        state = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.FAIL)[place % 2]
        optuna_study.tell(trial, 0.5 if place % 2 == 0 else None, state)
    for trial, value in zip(trials, (*HOSTILE.values(), "9" * 100_000), strict=True):
        studies._session.run(SET, {"trial_id": trial._trial_id, "key": key, "value": value})
    study = studies.read("s", [False])
    assert study is not None
    history = studies.history(study.id, study.counts)
    assert len(history.trials) == len(HOSTILE) + 1
    assert key not in history.trials[-1].attributes, "it is too large"
    assert history.unreadable == (UnreadableRow(len(HOSTILE), f"attribute `{key}`"),)
    sweep = world.sweep()
    owned = replace(study, owner=sweep.uid)
    judge(sweep, world.seen(owned, history=history, jobs=(world.job(),), pods=(world.pod(),)))
    assert studies.enqueue(EnqueueTrials(study.id, (), 100)) == 0


@pytest.mark.parametrize("name", ["x", "y" * 200])
def test_a_parameter_whose_definition_cannot_be_read_is_left_out(
    optuna_study: optuna.Study, studies: Studies, name: str
) -> None:
    definitions = ["[", '{"name": "a"}', '{"name": "CategoricalDistribution"}', '"x"', "{" * 30_000]
    definitions.append(json.dumps({"name": "a" * 2_000_000}))
    trials = [optuna_study.ask({name: optuna.distributions.FloatDistribution(0, 1)}) for _ in definitions]
    for trial in trials:
        optuna_study.tell(trial, 0.1)
    update = "update trial_params set distribution_json = %(text)s where trial_id = %(trial_id)s"
    for trial, text in zip(trials, definitions, strict=True):
        studies._session.run(update, {"text": text, "trial_id": trial._trial_id})
    study = studies.read("s", [False])
    assert study is not None
    assert study.best.trial is not None
    assert study.best.trial.params == {}
    history = studies.history(study.id, study.counts)
    assert [trial.params for trial in history.trials] == [{}] * len(definitions)
    assert [row.number for row in history.unreadable] == list(range(len(definitions)))
    assert all(row.what.startswith(f"parameter `{name[:90]}") for row in history.unreadable)
