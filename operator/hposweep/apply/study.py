"""Execute an action on the study. Called by `apply.plan`, in a thread because the database blocks."""

from __future__ import annotations

from typing import assert_never

from hposweep.database.study import Studies
from hposweep.model.enqueueing import EnqueueBaseline, EnqueueChampions, EnqueueStart, EnqueueTrials
from hposweep.model.plan import (
    CreateStudy,
    DeleteStudy,
    DisownStudy,
    FailTrials,
    SetControl,
    SetIdentity,
    SetImages,
    SetSource,
    StudyAction,
)


def execute(action: StudyAction, studies: Studies) -> int:
    """Return how many trials changed. Raises StorageError."""
    match action:
        case CreateStudy():
            studies.create(
                action.name,
                action.directions,
                action.metric_names,
                action.owner,
                action.identity,
                action.take_over_from,
            )
        case SetControl():
            studies.set_control(action)
        case SetImages():
            studies.set_images(action)
        case SetSource():
            studies.set_source(action)
        case SetIdentity():
            studies.set_identity(action)
        case FailTrials():
            return studies.reap(action)
        case EnqueueTrials() | EnqueueStart() | EnqueueBaseline() | EnqueueChampions():
            return studies.enqueue(action)
        case DeleteStudy():
            studies.delete(action.name)
        case DisownStudy():
            studies.disown(action.study_id, action.owner)
        case _:
            assert_never(action)
    return 0
