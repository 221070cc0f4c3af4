"""Failing trials: how many are too many, why, and when all of a kind fail alike."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from hposweep.judge.health.failure_summary import remedy
from hposweep.model.findings import Severity
from hposweep.model.trials import Breaker
from hposweep.schema.crd import schema
from hpotrial import protocol
from tests.unit import world
from tests.unit.judge.health.builders import attributes, complete, failed, found

SWEEP = world.sweep(trials={"max": 100}, workers={"replicas": 2, "template": {"spec": {"containers": []}}})


def mixed(failures: int, of: int) -> list[Any]:
    """The failed ones are spread, so that no two in a row fail."""
    places = {round(k * of / failures) for k in range(failures)} if failures else set()
    return [failed(n, fingerprint=f"f{n}") if n in places else complete(n) for n in range(of)]


@pytest.mark.parametrize(
    ("failures", "of", "fires"), [(2, 10, True), (1, 10, False), (3, 20, True), (9, 9, False), (0, 50, False)]
)
def test_the_lower_bound_decides_not_the_share(failures: int, of: int, *, fires: bool) -> None:
    assert ("TooManyFailures" in found(SWEEP, mixed(failures, of))) is fires


def test_the_limit_is_the_specs() -> None:
    sweep = world.sweep(trials={"max": 100}, health={"maxFailedRatio": 0.1})
    assert "TooManyFailures" not in found(sweep, mixed(3, 20))


def test_failures_that_do_not_count_are_in_no_share() -> None:
    lost = [failed(n, "Preempted", attributes=attributes(charged=False)) for n in range(20, 30)]
    assert "TooManyFailures" not in found(SWEEP, [*mixed(1, 20), *lost])


def test_the_diagnosis_has_numbers_causes_in_order_and_last_lines() -> None:
    memory, other = "RuntimeError: CUDA out of memory (train.py:12)\nmore", "ValueError: shape"
    trials = [
        *(complete(n) for n in range(17)),
        failed(17, "ObjectiveError", other, fingerprint="a"),
        failed(18, "OutOfMemory", memory, fingerprint="b"),
        failed(19, "OutOfMemory", memory, fingerprint="b", attributes=attributes(log_tail="epoch 3\n" + "x" * 500)),
    ]
    finding = found(SWEEP, trials)["TooManyFailures"]
    assert finding.severity is Severity.WARNING
    start, _, tail = finding.message.partition("; trial 19 ended with: ")
    assert start == (
        "3 of 20 finished trials failed (15 %, at least 6.2 % with 95 % confidence); `spec.health.maxFailedRatio` "
        'allows 0.05. Causes: OutOfMemory 2 times, mostly "RuntimeError: CUDA out of memory (train.py:12)" (trial 19); '
        'ObjectiveError once, mostly "ValueError: shape" (trial 17)'
    )
    assert len(tail) == 200
    assert tail.startswith("…x")
    assert "memory" in finding.action


def test_failures_without_a_class_are_told_as_well() -> None:
    trials = [complete(n) for n in range(10)] + [replace(failed(n), attributes={}) for n in range(10, 15)]
    finding = found(SWEEP, trials)["TooManyFailures"]
    assert "no class 5 times" in finding.message


def test_the_first_trials_that_fail_alike_are_an_error() -> None:
    finding = found(SWEEP, [failed(n, "ImportError", "ImportError: torch") for n in range(5)])["FailingImmediately"]
    assert finding.severity is Severity.ERROR
    assert finding.message == "the first 5 trials failed the same way: ImportError: ImportError: torch (trial 4)"


@pytest.mark.parametrize(
    "trials",
    [
        [failed(n) for n in range(4)],
        [failed(n, fingerprint=f"f{n}") for n in range(5)],
        [complete(0), *(failed(n) for n in range(1, 5))],
        [*(failed(n) for n in range(5)), complete(5)],
        [replace(failed(n), attributes={}) for n in range(5)],
    ],
    ids=["too few", "not alike", "one was good", "one is good", "nothing is known"],
)
def test_others_are_not(trials: list[Any]) -> None:
    assert "FailingImmediately" not in found(SWEEP, trials)


def test_trials_before_a_resumption_were_looked_at_and_a_breaker_speaks_for_itself() -> None:
    trials = [failed(n, attributes=attributes(pod="only")) for n in range(5)]
    study = world.study(SWEEP)
    assert "FailingImmediately" in found(SWEEP, trials, study=study)
    resumed = replace(study, control={**(study.control or {}), "breakerFrom": 5})
    assert "FailingImmediately" not in found(SWEEP, trials, study=resumed)
    assert "FailingImmediately" not in found(SWEEP, trials, study=replace(study, breaker=Breaker("A", "b", 4)))


def test_one_worker_that_fails_alike_is_named_with_its_node() -> None:
    trials = []
    for n in range(0, 20, 2):
        trials += [complete(n, attributes=attributes(pod="good", node="n1"))]
        trials += [failed(n + 1, "Crashed", attributes=attributes(pod="bad", node="n2"))]
    finding = found(SWEEP, trials)["FailingImmediately"]
    assert finding.message.startswith("the last 5 trials of worker bad on node n2 failed the same way: Crashed")
    assert "kubectl delete pod bad" in finding.action
    trials[-1] = complete(19, attributes=attributes(pod="bad", node="n2"))
    assert "FailingImmediately" not in found(SWEEP, trials)


@pytest.mark.parametrize("failure_class", protocol.FAILURE_CLASSES)
def test_every_remedy_is_a_whole_sentence(failure_class: str) -> None:
    said = remedy([failed(0, failure_class)])
    assert said.count("`") % 2 == 0, said
    assert [name for name in re.findall(r"`(spec\.[A-Za-z.]+)`", said) if not _exists(name)] == [], said


def _exists(path: str) -> bool:
    """A field of the resource."""
    part = schema()
    for name in path.split("."):
        part = part.get("properties", {}).get(name)
        if part is None:
            return False
    return True
