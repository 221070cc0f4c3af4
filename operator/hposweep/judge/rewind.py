"""Notice a study that was restored to an earlier state, by the trials that the status has counted. Called by `judge`.

A trial that has ended never changes, so that their number falls only when a backup was restored or trials were deleted.
Decisions and rules that stop the sweep pause until as many have ended again: before, they would judge a past that was
judged already. The status has the number, so that a restarted operator comes to the same verdict.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hposweep.api.sweep import Sweep
from hposweep.judge.evidence import Evidence
from hposweep.model.rewind import Rewind
from hposweep.model.trials import Study


def rewind(sweep: Sweep, study: Study | None, now: datetime) -> Rewind | None:
    """Return the loss that the study has not made up for; what was noticed stays while the study cannot be read."""
    if sweep.status is None or sweep.has_ended:
        return None
    row = sweep.status.study.rewound
    noticed = Rewind(row.before, row.after, row.time) if row is not None else None
    if study is None or study.owner != sweep.uid:
        return noticed
    trials, ended = sweep.status.trials, study.counts.ended
    counted = trials.complete + trials.pruned + trials.failed
    if noticed is None and ended < counted:
        return Rewind(counted, ended, now.replace(microsecond=0))
    if noticed is not None and ended < noticed.after:  # restored once more
        return Rewind(noticed.before, ended, now.replace(microsecond=0))
    return noticed if noticed is not None and ended < noticed.before else None


def pause(evidence: Evidence, loss: Rewind | None) -> Evidence:
    """Return the evidence for decisions: none while the study lacks trials."""
    return evidence if loss is None else replace(evidence, study=None, history=None)
