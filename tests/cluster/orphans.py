"""Clusters whose checkout has been deleted: nobody can name them any more, and their images fill the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.cluster import subnet
from tests.cluster.layout import Layout
from tests.cluster.steps import Steps

MARK = "checkout"  # a file of the work directory, with the checkout's path


def sign(layout: Layout) -> None:
    """Say whose work directory this is."""
    (layout.work / MARK).write_text(str(layout.checkout))


def remove(layout: Layout, steps: Steps, end: Callable[[Layout], None]) -> None:
    """End and delete what belongs to checkouts that are gone; called before a new cluster starts."""
    for mark in sorted((layout.cache / "clusters").glob(f"*/{MARK}")):
        checkout = Path(mark.read_text())
        if checkout.exists():
            continue
        work = mark.parent
        with steps.step(f"removed the cluster of {checkout}, which is gone"):
            end(Layout(checkout, layout.cache, work.name, subnet.claim(work.parent, work.name)))
            shutil.rmtree(work)
