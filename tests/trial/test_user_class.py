"""Samplers and pruners of the user's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import optuna
import pytest

from hpotrial.config import InvalidConfigError, make_pruner, make_sampler
from hpotrial.protocol.config import WorkerConfig
from tests.trial.builders import OBJECTIVES, work


@pytest.fixture(autouse=True)
def _untouched_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    sys.modules.pop("own_sampling", None)


def read(**blocks: Any) -> WorkerConfig:
    return WorkerConfig.from_json(json.dumps(work(**blocks)), str(OBJECTIVES))


def sampler(reference: str, **more: Any) -> Any:
    return make_sampler(read(sampler={"class": f"own_sampling:{reference}", **more}), 2)


def test_options_and_the_workers_own_seed_reach_the_constructor() -> None:
    made = sampler("Seeded", options={"share": 0.5}, seed=40)
    assert (made.share, made.seed) == (0.5, 42)
    assert isinstance(made, optuna.samplers.BaseSampler)


def test_a_constructor_that_hands_on_takes_a_seed_too() -> None:
    assert sampler("HandsOn", seed=1)._rng.rng.randint(1000) == optuna.samplers.RandomSampler(3)._rng.rng.randint(1000)


def test_a_pruner_of_the_users_own() -> None:
    made = make_pruner(read(pruner={"class": "own_sampling:Patient", "options": {"steps": 3}}))
    assert made.steps == 3  # type: ignore[attr-defined]


def test_the_users_folder_comes_last_once_the_class_is_there() -> None:
    sampler("Seeded")
    assert sys.path[-1] == str(OBJECTIVES)
    assert sys.path.count(str(OBJECTIVES)) == 1


@pytest.mark.parametrize(
    ("reference", "more", "sentence"),
    [
        (
            "own_sampling",
            {},
            r"^spec.study.sampler.class: is `own_sampling`, must have the form `package.module:Class`$",
        ),
        ("nowhere:A", {}, r"spec.study.sampler.class: importing `nowhere` raised ModuleNotFoundError: No module named"),
        ("own_sampling:Nope", {}, r"spec.study.sampler.class: `own_sampling` has no `Nope`"),
        ("own_sampling:number", {}, r"`own_sampling:number` is not a class derived from optuna's BaseSampler"),
        ("own_sampling:Patient", {}, r"is not a class derived from optuna's BaseSampler"),
        ("own_sampling:Unfinished", {}, r"`own_sampling:Unfinished` does not define .*sample_independent"),
        (
            "own_sampling:Raises",
            {"options": {"depth": 3}},
            r"^spec.study.sampler.class: own_sampling:Raises\(depth=3\) raised ValueError: no licence for 3 levels$",
        ),
        ("own_sampling:Seeded", {"options": {"n": 1}}, r"spec.study.sampler.class: .* raised TypeError: .*'n'"),
        ("own_sampling:Seeded", {"options": {"seed": 1}}, r"spec.study.sampler.options: `seed` is not an option"),
        ("own_sampling:Raises", {"options": {"depth": 1}, "seed": 1}, r"spec.study.sampler.seed: .* takes no seed"),
        ("own_sampling:Seeded", {"name": "TPESampler"}, r"spec.study.sampler: must have one of name and class"),
        ("own_sampling:Seeded", {"seed": -1}, r"study.sampler.seed: is -1"),
        ("leaves_politely:A", {}, r"importing `leaves_politely` raised SystemExit: 3"),
    ],
)
def test_a_class_that_cannot_be_used_is_one_sentence(reference: str, more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidConfigError, match=sentence) as caught:
        make_sampler(read(sampler={"class": reference, **more}), 0)
    assert "\n" not in str(caught.value)


def test_a_pruner_names_its_own_field() -> None:
    with pytest.raises(InvalidConfigError, match=r"^spec.study.pruner.class: `own_sampling` has no `Nope`"):
        make_pruner(read(pruner={"class": "own_sampling:Nope"}))
