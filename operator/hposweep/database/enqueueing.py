"""Enqueue trials in a study, each once, in one transaction under the study's lock. Called by `study`.

Workers take that lock to claim a trial, so nothing changes between the look at the study and the new trials.
"""

from __future__ import annotations

import json

from hposweep.database import statements as sql
from hposweep.database.connection import Session
from hposweep.model.enqueueing import EnqueueBaseline, EnqueueChampions, Enqueueing, EnqueueStart, EnqueueTrials
from hposweep.model.study_start import STUDY, StartMark
from hpotrial import protocol
from hpotrial.protocol import champion, contrast, requeue, trial_rows
from hpotrial.protocol.baseline import KEY, BaselineMark
from hpotrial.protocol.champion import ChampionMark

WITHDRAWN_CHAMPION = "withdrawn before it ran: its sweep is gone"
WITHDRAWN = "withdrawn before it ran: what the baseline trial tries has changed"


def enqueue(session: Session, action: Enqueueing) -> int:
    """Enqueue what the action says, and return how many trials were added."""
    match action:
        case EnqueueStart():
            return enqueue_start(session, action)
        case EnqueueBaseline():
            return enqueue_baseline(session, action)
        case EnqueueChampions():
            return enqueue_champions(session, action)
        case _:
            return enqueue_contrast(session, action)


def enqueue_contrast(session: Session, action: EnqueueTrials) -> int:
    """Leave out parameters that have their pairs already, and pairs that no longer fit into the budget."""
    key = {"study_id": action.study_id}
    with session.transaction():
        session.run(requeue.LOCK_STUDY, {"study": action.study_id})
        texts = (text for (text,) in session.run(sql.CONTRASTED, key))
        marks = (contrast.ContrastMark.from_json(trial_rows.read_json(text)) for text in texts)
        parameters = {str(mark.parameter) for mark in marks if mark is not None}
        room = action.max_trials - session.run(sql.RESERVED, key)[0][0]
        new = [
            trial
            for trial in action.trials
            if trial.attributes[protocol.CONTRAST][contrast.PARAMETER] not in parameters
        ]
        additions = new[: max(room, 0) // 2 * 2]
        requeue.enqueue(session.run, action.study_id, ((trial.params, trial.attributes) for trial in additions))
    return len(additions)


def enqueue_start(session: Session, action: EnqueueStart) -> int:
    """Leave out trials whose key the study has, and all of other studies once it has a record of them."""
    key = {"study_id": action.study_id}
    with session.transaction():
        session.run(requeue.LOCK_STUDY, {"study": action.study_id})
        marks = (StartMark.from_json(trial_rows.read_json(text)) for (text,) in session.run(sql.START_MARKS, key))
        keys = {mark.key for mark in marks if mark is not None}
        is_first = False
        if action.records is not None:
            record = json.dumps([entry.to_json() for entry in action.records])
            is_first = bool(session.run(sql.RECORD_WARM_START, {**key, "value": record}))
        additions = [
            trial
            for trial in action.trials
            if trial.attributes[protocol.START]["key"] not in keys
            and (is_first or STUDY not in trial.attributes[protocol.START])
        ]
        requeue.enqueue(session.run, action.study_id, ((trial.params, trial.attributes) for trial in additions))
    return len(additions)


def enqueue_baseline(session: Session, action: EnqueueBaseline) -> int:
    """Leave out a trial whose key the study has. Withdraw earlier attempts that wait, so that no worker runs them."""
    attributes = action.trial.attributes
    with session.transaction():
        session.run(requeue.LOCK_STUDY, {"study": action.study_id})
        texts = session.run(sql.BASELINE_MARKS, {"study_id": action.study_id})
        marks = (BaselineMark.from_json(trial_rows.read_json(text)) for (text,) in texts)
        keys = {mark.key for mark in marks if mark is not None}
        if attributes[protocol.BASELINE][KEY] in keys:
            return 0
        _withdraw(session, sql.WITHDRAW_BASELINE, action.study_id, WITHDRAWN)
        trials = (action.trial, *action.corners)
        requeue.enqueue(session.run, action.study_id, ((trial.params, trial.attributes) for trial in trials))
    return len(trials)


def enqueue_champions(session: Session, action: EnqueueChampions) -> int:
    """Add all of them, or none when the study has one of this sweep; withdraw what an earlier sweep left waiting."""
    with session.transaction():
        session.run(requeue.LOCK_STUDY, {"study": action.study_id})
        texts = session.run(sql.CHAMPION_MARKS, {"study_id": action.study_id})
        marks = (ChampionMark.from_json(trial_rows.read_json(text)) for (text,) in texts)
        keys = {mark.key for mark in marks if mark is not None}
        if any(trial.attributes[protocol.CHAMPION][champion.KEY] in keys for trial in action.trials):
            return 0
        _withdraw(session, sql.WITHDRAW_WAITING, action.study_id, WITHDRAWN_CHAMPION)
        requeue.enqueue(session.run, action.study_id, ((trial.params, trial.attributes) for trial in action.trials))
    return len(action.trials)


def _withdraw(session: Session, statement: str, study_id: int, reason: str) -> None:
    """Fail the waiting trials that the statement finds, without charge."""
    note = {protocol.CLASS: protocol.TERMINATED, protocol.ERROR: reason, protocol.CHARGED: False}
    for (trial_id,) in session.run(statement, {"study_id": study_id}):
        session.run(requeue.WRITE_ATTRIBUTES, {"trial": trial_id, "attributes": requeue.as_text(note)})
