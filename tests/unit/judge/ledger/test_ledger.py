"""A pod is counted exactly once, whenever the operator restarts; the budget stays reached."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hposweep.api.status import Status, StudyStatus, TrialsStatus, WorkersStatus
from hposweep.api.sweep import Sweep
from hposweep.api.wire import from_wire, to_wire
from hposweep.judge.ledger.ledger import MAX_RELEASING, ledger
from hposweep.model.champions import ChampionsStudy
from hposweep.model.gpu_seconds import Ledger, PodTimes
from hposweep.model.history import FAIL, History, Trial
from hposweep.model.observation import Closing, Observation
from hposweep.model.trials import RunningTrial
from hposweep.model.workers import Pod
from hposweep.report.ledger import gpu_seconds_status
from hpotrial import protocol
from tests import builders
from tests.unit import world
from tests.unit.judge.histories import after, trial

GPU = {"limits": {"nvidia.com/gpu": 2}}
WORKERS = builders.workers(containers=[{"name": "trial", "image": "i", "resources": GPU}])


def sweep(budget: int | None = None) -> Sweep:
    return world.sweep(workers=WORKERS, budget={} if budget is None else {"gpuSeconds": budget})


def pod(number: int, ended: float | None = 100.0) -> Pod:
    """A pod that was scheduled and started at once, and ended at that second."""
    end = None if ended is None else after(ended)
    return world.pod(
        number, "Running" if ended is None else "Succeeded", ledger=PodTimes(after(0), after(0), after(0), end)
    )


def of_pod(number: int, end: float = 90.0, seconds: float = 80.0, **fields: Any) -> Trial:
    attributes = {protocol.POD_UID: f"pod-uid-{number}", **fields.pop("attributes", {})}
    return trial(number, 1.0, seconds=seconds, completed=after(end), attributes=attributes, **fields)


def seen(of: Sweep, *pods: Pod, trials: tuple[Trial, ...] = (), now: float = 200.0, **fields: Any) -> Observation:
    study = world.study(of, running=fields.pop("running", ()))
    history = History(trials)
    return world.seen(
        study, pods=pods, now=after(now), **{"history": history, "closing": Closing(study, history), **fields}
    )


def written(of: Sweep, result: Ledger, now: float = 200.0) -> Sweep:
    """Return the sweep with the result in its status, through the API's JSON."""
    trials = TrialsStatus(10)
    status = Status(1, "Running", "", StudyStatus("s"), trials, "", WorkersStatus(1), 1, "")
    before = replace(status, gpu_seconds=of.status.gpu_seconds) if of.status is not None else status
    seconds = gpu_seconds_status(replace(of, status=before), result, trials, after(now))
    return replace(of, status=from_wire(Status, to_wire(replace(status, gpu_seconds=seconds))))


def test_a_sweep_without_pods_that_are_kept_has_no_ledger() -> None:
    of = world.sweep()
    result = ledger(of, world.seen(world.study(of), pods=(world.pod(),)))
    assert result.is_empty
    assert gpu_seconds_status(of, result, TrialsStatus(10), world.NOON) is None


def test_a_pod_that_has_ended_is_counted_with_its_trials() -> None:
    result = ledger(sweep(), seen(sweep(), pod(0), trials=(of_pod(0),)))
    assert (result.ended.training, result.ended.start, result.ended.waiting) == (160, 20, 20)
    assert (result.ended_pods, result.open_pods, result.releasing) == (1, 0, ("pod-uid-0",))


def test_a_pod_that_trains_champions_is_counted_with_their_trials_and_their_gpus() -> None:
    one_gpu = {
        "spec": {"containers": [{"name": "trial", "image": "i", "resources": {"limits": {"nvidia.com/gpu": 1}}}]}
    }
    of = world.sweep(workers=WORKERS, champions={"template": one_gpu})
    champion = replace(pod(0), job_phase="champions", job="digits-champions")
    own = ChampionsStudy(world.study(of), History((of_pod(0),)))
    result = ledger(of, seen(of, champion, champions=own))
    assert (result.ended.training, result.ended.start, result.ended.waiting) == (80, 10, 10)
    training = replace(own, study=world.study(of, running=(RunningTrial(1, 0, "pod-uid-0", 5.0),)))
    assert ledger(of, seen(of, champion, champions=training, now=110.0)).ended_pods == 0


def test_a_counted_pod_is_not_counted_again_while_it_is_kept_or_after_it_has_gone() -> None:
    of, pods = sweep(), (pod(0), pod(1, None))
    of = written(of, ledger(of, seen(of, *pods)))
    for _ in range(3):
        again = ledger(of, seen(of, *pods))
        assert (again.ended.allocated, again.releasing) == (200, ("pod-uid-0",))
        of = written(of, again)
    gone = ledger(of, seen(of, pods[1]))
    assert (gone.ended.allocated, gone.ended_pods, gone.releasing) == (200, 1, ())


def test_a_pod_waits_until_its_lost_trial_is_reaped() -> None:
    lost = (RunningTrial(1, 0, "pod-uid-0", 150.0),)
    waiting = ledger(sweep(), seen(sweep(), pod(0), running=lost, now=110))
    assert (waiting.ended_pods, waiting.open_pods, waiting.live.preempted) == (0, 1, 200)
    reaped = of_pod(0, end=112, seconds=112, state=FAIL, attributes={protocol.CLASS: protocol.PREEMPTED})
    assert ledger(sweep(), seen(sweep(), pod(0), trials=(reaped,))).ended.preempted == 200


def test_a_pod_is_counted_without_its_trials_when_the_database_stays_silent() -> None:
    """Because a node that is drained waits for the pod to go."""
    silent = {"closing": None, "history": None}
    assert ledger(sweep(), seen(sweep(), pod(0), now=159, **silent)).ended_pods == 0
    late = ledger(sweep(), seen(sweep(), pod(0), now=160, **silent))
    assert (late.ended_pods, late.ended.idle) == (1, 200)


@pytest.mark.parametrize(
    ("failure_class", "use"), [("ObjectiveError", "failed"), ("NodeLost", "preempted"), ("Terminated", "preempted")]
)
def test_a_failed_trial_is_waste_by_its_cause(failure_class: str, use: str) -> None:
    failed = of_pod(0, state=FAIL, attributes={protocol.CLASS: failure_class})
    assert getattr(ledger(sweep(), seen(sweep(), pod(0), trials=(failed,))).ended, use) == 160


def test_a_pruned_trial_is_waste_and_a_running_one_trains() -> None:
    pruned = of_pod(0, state="PRUNED")
    running = (RunningTrial(1, 1, "pod-uid-1", 50.0),)
    total = ledger(sweep(), seen(sweep(), pod(0), pod(1, None), trials=(pruned,), running=running)).total
    assert (total.pruned, total.training) == (160, 100)


def test_only_gpus_of_pods_that_have_a_node_are_held() -> None:
    pending = world.pod(2, "Pending", ledger=PodTimes(after(0)))
    result = ledger(sweep(), seen(sweep(), pod(0), pod(1, None), pending))
    assert (result.gpus, result.live.queue, result.live.allocated) == (2, 400, 400)


def test_the_cluster_may_know_the_gpus_of_a_pod() -> None:
    times = PodTimes(after(0), after(0), after(0), after(100), gpus=0.5)
    assert ledger(sweep(), seen(sweep(), world.pod(ledger=times))).ended.allocated == 50


def test_a_budget_that_was_reached_stays_so_until_it_is_raised() -> None:
    of = sweep(budget=400)
    result = ledger(of, seen(of, pod(0, None), now=200))
    assert result.budget_reached == 400
    of = written(of, result)
    ended = seen(of, pod(0, 199))  # the node's clock is a second behind
    assert ledger(of, ended).budget_reached == 400
    raised = replace(of, spec=sweep(budget=401).spec)
    assert ledger(raised, ended).budget_reached is None
    assert ledger(replace(of, spec=sweep().spec), ended).budget_reached is None


def test_the_list_of_uids_in_a_status_is_bounded() -> None:
    of, pods = sweep(), [pod(number) for number in range(MAX_RELEASING + 10)]
    first = ledger(of, seen(of, *pods))
    assert (len(first.releasing), first.open_pods, first.ended_pods) == (MAX_RELEASING, 10, MAX_RELEASING)
    of = written(of, first)
    second = ledger(of, seen(of, *[pod for pod in pods if pod.uid not in first.releasing]))
    assert (len(second.releasing), second.open_pods, second.ended_pods) == (10, 0, len(pods))
    assert second.ended.allocated == 200 * len(pods)


@given(
    ends=st.lists(st.integers(1, 300), min_size=1, max_size=5),
    passes=st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=12),
)
def test_any_passes_count_every_pod_once(ends: list[int], passes: list[tuple[int, bool]]) -> None:
    """Passes come at any time, and each may be killed before its status is written."""
    of, kept, now = sweep(), dict(enumerate(ends)), 0.0
    for step, is_killed in [*passes, (400, False), (1, False), (1, False)]:
        now += step
        pods = [pod(number, end if end <= now else None) for number, end in kept.items()]
        releasing = of.status.gpu_seconds.ended.releasing if of.status and of.status.gpu_seconds else ()
        result = ledger(of, seen(of, *pods, now=now))
        if is_killed:
            continue  # whether or not it has removed finalizers
        kept = {number: end for number, end in kept.items() if f"pod-uid-{number}" not in releasing}
        of = written(of, result, now)
    assert of.status is not None
    assert of.status.gpu_seconds is not None
    assert of.status.gpu_seconds.is_settled
    assert of.status.gpu_seconds.allocated == 2 * sum(ends)
    assert of.status.gpu_seconds.ended.pods == len(ends)
