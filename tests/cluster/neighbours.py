"""The clusters of other checkouts, whose images fill the disk that this one needs; called before a cluster starts.

A kubelet evicts pods from a full disk, databases among them, and nothing then says that another checkout was the cause.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.cluster import lock, subnet
from tests.cluster.cgroup import Group
from tests.cluster.command import run
from tests.cluster.layout import Layout
from tests.cluster.steps import Steps

MARK = "checkout"  # a file of the work directory, with the checkout's path
NEEDED_BYTES = 25 * 10**9  # measured: 22 GB after all levels of tests, and a layer of torch in flight to each node


def sign(layout: Layout) -> None:
    """Say whose work directory this is."""
    (layout.work / MARK).write_text(str(layout.checkout))


def remove_abandoned(layout: Layout, steps: Steps, end: Callable[[Layout], None]) -> None:
    """End and delete what belongs to checkouts that are gone: nobody can name it any more."""
    for other in _others(layout):
        if other.checkout.exists():
            continue
        with steps.step(f"removed the cluster of {other.checkout}, which is gone"):
            _delete(other, end)


def make_room(
    layout: Layout,
    steps: Steps,
    end: Callable[[Layout], None],
    free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
) -> None:
    """While the disk is short, delete the images of clusters that do not run, oldest first; say if it stays short."""
    if free_bytes(layout.work) >= NEEDED_BYTES:
        return
    needed_bytes = NEEDED_BYTES - _size_bytes(layout.work)
    for other in _others(layout):
        if free_bytes(layout.work) >= needed_bytes:
            return
        with contextlib.suppress(BlockingIOError), lock.locked(other.work / "lock", waits=False):
            if not _runs(other):
                size = _gigabytes(_size_bytes(other.work))
                with steps.step(
                    f"the disk is short: removed {size} of images, of the stopped cluster of {other.checkout}"
                ):
                    _delete(other, end)
    free = free_bytes(layout.work)
    if free < needed_bytes:
        running = [f"{other.checkout} holds {_gigabytes(_size_bytes(other.work))}" for other in _others(layout)]
        steps.say(
            f"warning: {_gigabytes(free)} of disk are free and images with torch may take {_gigabytes(needed_bytes)}:"
            f" on a full disk pods are evicted. {'; '.join(running) or 'No other cluster holds any'}."
        )


def _others(layout: Layout) -> Iterator[Layout]:
    """The one that was started longest ago comes first."""
    marks = [mark for mark in layout.work.parent.glob(f"*/{MARK}") if mark.parent != layout.work]
    for mark in sorted(marks, key=lambda mark: mark.stat().st_mtime):
        work = mark.parent
        yield Layout(Path(mark.read_text()), layout.cache, work.name, subnet.claim(work.parent, work.name))


def _runs(other: Layout) -> bool:
    return bool(Group(other.cgroup()).pids())


def _delete(other: Layout, end: Callable[[Layout], None]) -> None:
    end(other)
    shutil.rmtree(other.work)


def _size_bytes(folder: Path) -> int:
    # What a running cluster deletes meanwhile makes du complain; it counts the rest.
    return 1024 * int(run(["du", "-sxk", str(folder)], may_fail=True).split()[0])


def _gigabytes(count: int) -> str:
    return f"{max(count, 0) / 10**9:.0f} GB"
