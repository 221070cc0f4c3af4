"""Free space at the workers' paths: the lowest, relative to its limit, of the workers that run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.api.sweep import Sweep
from hposweep.model.disk import DiskReport, read_reports
from hposweep.model.history import History
from hposweep.model.observation import Observation
from tests.unit import world
from tests.unit.report.reading import told
from tests.unit.telemetry.scrape import Scraper

PATHS = [{"path": "/ckpt", "freeBytes": 1000}, {"path": "/data", "freeBytes": 10}]
FREE, REQUIRED = "hposweep_disk_free_bytes", "hposweep_disk_required_bytes"


def observed(sweep: Sweep, *reports: DiskReport, pods: int = 2) -> Observation:
    study = replace(world.study(sweep), disk=reports)
    running = tuple(world.pod(number) for number in range(pods))
    return world.seen(study, jobs=(world.job(),), pods=running, history=History(()))


def values(*reports: DiskReport, pods: int = 2, paths: list[Any] = PATHS) -> tuple[float | None, float | None]:
    sweep, scraper = world.sweep(preflight={"disk": paths}), Scraper()
    scraper.passes(sweep, observed(sweep, *reports, pods=pods))
    return scraper.value(FREE), scraper.value(REQUIRED)


def test_the_path_nearest_to_its_limit_is_shown_without_a_label_for_it() -> None:
    first = DiskReport("pod-uid-0", {"/ckpt": 1500.0, "/data": 40.0})
    second = DiskReport("pod-uid-1", {"/ckpt": 1200.0, "/data": 11.0})
    assert values(first, second) == (11.0, 10.0)
    assert values(first) == (1500.0, 1000.0)


@pytest.mark.parametrize(
    ("report", "pods", "paths"),
    [
        (DiskReport("pod-uid-7", {"/ckpt": 1.0}), 2, PATHS),  # of a pod that is gone
        (DiskReport("pod-uid-0", {"/other": 1.0}), 2, PATHS),
        (DiskReport("pod-uid-0", {"/ckpt": 1.0}), 0, PATHS),
        (DiskReport("pod-uid-0", {"/ckpt": 1.0}), 2, []),
    ],
)
def test_without_a_worker_that_reports_a_required_path_there_is_no_series(
    report: DiskReport, pods: int, paths: list[Any]
) -> None:
    assert values(report, pods=pods, paths=paths) == (None, None)


def test_space_below_the_limit_is_a_finding_that_does_not_change_with_the_number() -> None:
    sweep = world.sweep(preflight={"disk": PATHS})
    findings = [
        told(sweep, observed(sweep, DiskReport("pod-uid-0", {"/ckpt": free}))).health for free in (999.0, 500.0, 1000.0)
    ]
    assert [[entry.reason for entry in rows] for rows in findings] == [["DiskLow"], ["DiskLow"], []]
    assert findings[0] == findings[1]
    assert "`/ckpt`" in findings[0][0].message
    assert "`spec.preflight.disk[0]`" in findings[0][0].message


def test_the_attributes_of_a_study_may_hold_anything() -> None:
    attributes = {
        "hposweep:disk:0": {
            "uid": "u",
            "free": {"/a": 5, "/b": "6", "/c": True, "/d": -1, "/e": float("nan"), "/f": 2**70},
        },
        "hposweep:disk:1": [1],
        "hposweep:disk:2": {"free": None},
        "hposweep:owner": {"free": {"/a": 1}},
    }
    assert read_reports(attributes) == (DiskReport("u", {"/a": 5.0}),)
