"""Failing trials: how many are too many, why, and when all of a kind fail alike."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from hposweep.judge.health.failure_summary import remedy
from hposweep.model.findings import HealthFinding, Severity
from hposweep.model.history import PRUNED, Trial
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
    ("failures", "of", "fires"),
    [
        (1, 1, True),
        (9, 9, True),
        (1, 2, False),
        (2, 3, True),
        (2, 4, True),
        (2, 10, True),
        (1, 10, False),
        (3, 20, True),
        (0, 50, False),
    ],
)
def test_an_exact_test_decides_and_not_the_share(failures: int, of: int, *, fires: bool) -> None:
    assert ("TooManyFailures" in found(SWEEP, mixed(failures, of))) is fires


def test_the_limit_is_the_specs() -> None:
    sweep = world.sweep(trials={"max": 100}, health={"maxFailedRatio": 0.1})
    assert "TooManyFailures" not in found(sweep, mixed(3, 20))


def test_all_failed_is_a_finding_whatever_the_limit_is() -> None:
    sweep = world.sweep(trials={"max": 100}, health={"maxFailedRatio": 1.0})
    finding = found(sweep, mixed(3, 3))["TooManyFailures"]
    assert finding.message.startswith("all 3 finished trials failed. Causes: ObjectiveError 3 times")
    assert "TooManyFailures" not in found(sweep, mixed(3, 4))


def pruned(number: int, reason: str = "") -> Trial:
    return replace(complete(number), state=PRUNED, values=(), attributes=attributes(pruned_because=reason))


def test_pruned_trials_without_a_complete_one_are_a_finding() -> None:
    reasons = ["too much memory", "too much memory", "", "diverged", ""]
    finding = found(SWEEP, [pruned(n, reason) for n, reason in enumerate(reasons)])["NoTrialCompleted"]
    assert finding.message == (
        'no trial completed so far: all 5 trials were pruned, mostly because of "too much memory" (2 of 5)'
    )
    assert "spec.study.pruner" in finding.action


def test_the_first_trials_may_be_pruned_until_the_sweep_has_ended() -> None:
    trials = [pruned(n) for n in range(4)]
    assert found(SWEEP, trials) == {}
    assert "NoTrialCompleted" in found(SWEEP, trials, has_ended=True)
    assert found(SWEEP, [*trials, complete(4)], has_ended=True) == {}


def test_failed_and_pruned_trials_together_are_counted_apart() -> None:
    message = found(SWEEP, [pruned(0), failed(1)], has_ended=True)["NoTrialCompleted"].message
    assert message == "no trial completed so far: 1 failed and 1 were pruned of 2 trials"


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


def test_hooks_that_raise_are_counted_with_the_most_frequent_error() -> None:
    after = "spec.study.sampler: after_trial raised ValueError: boom (own.py:3)"
    trials = [complete(n, attributes=attributes(sampler_error=after)) for n in range(2)]
    trials += [complete(2), complete(3, attributes=attributes(sampler_error="spec.study.pruner: prune raised E: x"))]
    finding = found(SWEEP, trials)["SamplerFails"]
    assert finding.message == f"a hook of the sampler or pruner raised in 3 trials, mostly: {after} (trial 1)"
    assert "SamplerFails" not in found(SWEEP, [complete(0)])


def worker(pod: str, numbers: range, *, fails: bool = False, **more: str) -> list[Trial]:
    named = attributes(pod=pod, node=f"node-of-{pod}", **more)
    if fails:
        return [failed(n, "ObjectiveError", "ValueError: no such choice", attributes=named) for n in numbers]
    return [complete(n, attributes=named) for n in numbers]


def diagnosis(*trials: list[Trial], replicas: int = 2) -> HealthFinding:
    sweep = world.sweep(trials={"max": 100}, workers={"replicas": replicas, "template": {"spec": {"containers": []}}})
    return found(sweep, [trial for group in trials for trial in group])["FailingImmediately"]


def test_a_worker_of_an_earlier_start_is_no_other_worker() -> None:
    finding = diagnosis(worker("old", range(10)), worker("new", range(10, 15), fails=True), replicas=1)
    assert "node" not in finding.action
    assert "kubectl" not in finding.action
    assert finding.message.endswith(
        "its failures began with its start at trial 10, and code, data or environment may have changed since trial 9"
    )
    assert diagnosis(worker("old", range(10)), worker("new", range(10, 15), fails=True)) == finding


def test_failures_that_begin_with_other_code_or_another_image_name_it() -> None:
    old = worker("old", range(10), code="a", image="i")
    message = diagnosis(old, worker("new", range(10, 15), fails=True, code="b", image="i")).message
    assert message.endswith("and the code changed since trial 9")
    message = diagnosis(old, worker("new", range(10, 15), fails=True, code="a", image="j")).message
    assert message.endswith("and the image changed since trial 9")


def test_a_worker_with_other_code_says_nothing_about_the_node() -> None:
    running_on = [*worker("old", range(10), code="a"), *worker("old", range(15, 20), code="a")]
    finding = diagnosis(running_on, worker("new", range(10, 15), fails=True, code="b"))
    assert "kubectl" not in finding.action
    assert "the code changed" in finding.message
    finding = diagnosis(running_on, worker("new", range(10, 15), fails=True, code="a"))
    assert "kubectl delete pod new" in finding.action


def test_a_worker_that_failed_later_did_not_begin_with_it() -> None:
    finding = diagnosis(worker("old", range(5)), worker("new", range(5, 9)), worker("new", range(9, 14), fails=True))
    assert "began" not in finding.message


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
