"""What a cluster that starts does with the images of other checkouts: real folders and locks, and a disk by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cluster import lock, neighbours
from tests.cluster.cgroup import Group
from tests.cluster.layout import Layout
from tests.cluster.steps import Steps

GIGABYTE = 10**9


@dataclass
class Machine:
    """Clusters in a cache of their own; each that is ended and deleted gives back ten gigabytes."""

    root: Path
    free: int = 0
    ended: list[str] = field(default_factory=list)

    def cluster(self, name: str, *, age_seconds: int = 0, exists: bool = True) -> Layout:
        checkout = self.root / "checkouts" / name
        found = Layout(checkout, self.root / "cache", f"test-{name}", octet=1)
        found.work.mkdir(parents=True)
        (found.work / "octet").write_text("1")
        neighbours.sign(found)
        mark = found.work / neighbours.MARK
        os.utime(mark, (mark.stat().st_atime, mark.stat().st_mtime - age_seconds))
        if exists:
            checkout.mkdir(parents=True)
        return found

    def end(self, other: Layout) -> None:
        self.ended.append(other.checkout.name)
        self.free += 10 * GIGABYTE

    def make_room(self, mine: Layout) -> None:
        neighbours.make_room(mine, Steps(), self.end, free_bytes=lambda _: self.free)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def running(machine: Machine) -> Iterator[Layout]:
    """A cluster with one process; making its cgroup takes root, as a cluster does."""
    other = machine.cluster("running", age_seconds=1000)
    group = Group(other.cgroup())
    group.create()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        group.membership_file.write_text(str(process.pid))
        yield other
        process.kill()
    group.remove()


def test_with_enough_disk_nobody_loses_images(machine: Machine) -> None:
    mine, other = machine.cluster("mine"), machine.cluster("other")
    machine.free = 30 * GIGABYTE
    machine.make_room(mine)
    assert machine.ended == []
    assert other.work.exists()


def test_a_short_disk_takes_from_the_oldest_and_no_more_than_it_needs(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = machine.cluster("mine", age_seconds=900)
    new, old = machine.cluster("new"), machine.cluster("old", age_seconds=600)
    machine.free = 17 * GIGABYTE
    machine.make_room(mine)
    assert machine.ended == ["old"]
    assert not old.work.exists()
    assert new.work.exists()
    said = capsys.readouterr().err
    assert f"of the stopped cluster of {old.checkout}" in said
    assert "warning" not in said


def test_a_cluster_that_runs_keeps_its_images_and_is_named(
    machine: Machine, running: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = machine.cluster("mine")
    machine.free = 3 * GIGABYTE
    machine.make_room(mine)
    assert machine.ended == []
    said = capsys.readouterr().err
    assert (
        "warning: 3 GB of disk are free and images with torch may take 25 GB: on a full disk pods are evicted" in said
    )
    assert f"{running.checkout} holds" in said


def test_a_cluster_that_is_being_started_keeps_its_images(machine: Machine) -> None:
    mine, other = machine.cluster("mine"), machine.cluster("other")
    with lock.locked(other.work / "lock"):
        machine.make_room(mine)
    assert machine.ended == []
    assert other.work.exists()


def test_what_a_cluster_holds_already_it_needs_no_room_for(machine: Machine) -> None:
    mine, other = machine.cluster("mine"), machine.cluster("other")
    (mine.work / "layer").write_bytes(os.urandom(4 * 1024 * 1024))
    machine.free = neighbours.NEEDED_BYTES - 2 * 1024 * 1024
    machine.make_room(mine)
    assert machine.ended == []
    assert other.work.exists()


def test_only_a_cluster_whose_checkout_has_gone_is_removed_whatever_the_disk_has(machine: Machine) -> None:
    mine, other = machine.cluster("mine"), machine.cluster("other")
    gone = machine.cluster("gone", exists=False)
    neighbours.remove_abandoned(mine, Steps(), machine.end)
    assert machine.ended == ["gone"]
    assert not gone.work.exists()
    assert other.work.exists()
