"""The database's part of a plan: study, control block, images, trials to end, trials to try."""

from __future__ import annotations

import asyncio

from hposweep.database.study import Studies
from hposweep.model.plan import Plan
from hposweep.model.trials import Study


async def apply_to_study(plan: Plan, studies: Studies) -> None:
    """Raises StorageError."""
    await asyncio.to_thread(_apply, plan, studies)


def _apply(plan: Plan, studies: Studies) -> None:
    if plan.create_study is not None:
        new = plan.create_study
        studies.create(new.name, new.directions, new.metric_names, new.owner)
    if plan.control is not None:
        studies.set_control(plan.control)
    if plan.images is not None:
        studies.set_images(plan.images)
    if plan.reap is not None:
        studies.reap(plan.reap)
    if plan.enqueue is not None:
        studies.enqueue(plan.enqueue)


async def release_study(study: Study, studies: Studies, *, owner: str, delete: bool) -> None:
    """The last act of a sweep that goes: drop its study, or leave it for another sweep to adopt."""
    if delete:
        await asyncio.to_thread(studies.delete, study.name)
    else:
        await asyncio.to_thread(studies.disown, study.id, owner)
