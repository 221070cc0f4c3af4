"""GPU seconds, GPUs and their price as a board draws them."""

from __future__ import annotations

from datetime import timedelta

from hposweep.model.gpu_seconds import PodTimes
from hposweep.model.history import History
from hposweep.model.trials import RunningTrial
from tests import builders
from tests.unit import world
from tests.unit.telemetry.scrape import Scraper

GPU = {"name": "trial", "image": "i", "resources": {"limits": {"nvidia.com/gpu": 2}}}
COST = {"pricePerGpuHour": 36.0, "currency": "EUR"}  # a cent for each GPU second


def test_gpu_seconds_by_use_and_the_share_of_the_budget_that_goes_on_between_passes() -> None:
    begun = world.NOON - timedelta(seconds=100)
    of = world.sweep(workers=builders.workers(containers=[GPU]), cost=COST, budget={"gpuSeconds": 1000})
    study = world.study(of, running=(RunningTrial(1, 0, "pod-uid-0", age_seconds=90.0),))
    pods = (world.pod(ledger=PodTimes(begun, begun, begun)),)
    scraper = Scraper()
    scraper.passes(of, world.seen(study, jobs=(world.job(),), pods=pods, history=History(())))
    assert scraper.value("hposweep_gpus") == 2
    assert scraper.value("hposweep_gpu_use_seconds", use="training") == 180
    assert scraper.value("hposweep_gpu_use_seconds", use="start") == 20
    assert scraper.value("hposweep_gpu_use_seconds", use="preempted") == 0, "a rate needs the zeros"
    assert len(scraper.rows("hposweep_gpu_use_seconds")) == 9
    assert scraper.value("hposweep_cost", currency="EUR") == 2.0
    scraper.now += timedelta(seconds=100)
    assert scraper.value("hposweep_gpu_allocated_seconds") == 400
    assert scraper.value("hposweep_budget_used_ratio", budget="gpu") == 0.4


def test_a_sweep_without_gpus_has_no_such_series() -> None:
    of = world.sweep()
    scraper = Scraper()
    scraper.passes(of, world.seen(world.study(of), jobs=(world.job(),), pods=(world.pod(),), history=History(())))
    names = ("hposweep_gpus", "hposweep_gpu_use_seconds", "hposweep_gpu_allocated_seconds", "hposweep_cost")
    assert not [name for name in names if scraper.rows(name)]
    assert scraper.value("hposweep_budget_used_ratio", budget="gpu") is None
