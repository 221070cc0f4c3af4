"""Free space where trials write, as a worker reports it while it runs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from hpotrial import protocol
from hpotrial.process import disk
from hpotrial.process.disk import DiskWatch
from tests.trial.builders import work
from tests.trial.conftest import StudyMaker, WorkerStarter


def test_numbers_are_news_once_until_they_change_by_more_than_one_percent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    free = [1000]
    monkeypatch.setattr(disk.os, "statvfs", lambda path: SimpleNamespace(f_bavail=free[0], f_frsize=4))
    watch = DiskWatch({"/ckpt": str(tmp_path)})
    assert watch.news() is None, "nothing was measured yet"
    for blocks, news in ((1000, {"/ckpt": 4000}), (1000, None), (991, None), (989, {"/ckpt": 3956}), (980, None)):
        free[0] = blocks
        watch.measure()
        assert watch.news() == news


def test_a_path_that_cannot_be_read_has_no_number(tmp_path: Path) -> None:
    watch = DiskWatch({"/here": str(tmp_path), "/there": str(tmp_path / "absent")})
    watch.measure()
    assert (watch.news() or {}).keys() == {"/here"}


@pytest.mark.postgres
@pytest.mark.parametrize("isolation", ["Process", "None"])
def test_a_worker_reports_to_the_study(
    make_study: StudyMaker, start_worker: WorkerStarter, tmp_path: Path, isolation: str
) -> None:
    study = make_study().control(max_trials=3)
    block = work("slow:few_milliseconds", disk={"/ckpt": str(tmp_path)}, isolation=isolation)
    assert start_worker(study, block, 5).wait() == protocol.EXIT_DONE
    attribute = study.study.user_attrs[f"{protocol.DISK}:5"]
    assert attribute.keys() == {"uid", "free"}
    assert attribute["free"].keys() == {"/ckpt"}
    assert attribute["free"]["/ckpt"] > 0
