"""Notice a study that was restored to an earlier state, by the trials that the status has counted. Called by `judge`.

A trial that has ended never changes, so that their number falls only when a backup was restored or trials were deleted.
Decisions and rules that stop the sweep pause until the loss is made up for: before, they would judge a past that was
judged already. The status has the number, so that a restarted operator comes to the same verdict.

The loss is made up for once as many trials have ended again, or as many that count against the budget: trials that did
not count, such as those of lost spot nodes, need not be lost once more. It is also when the budget is spent, because no
further trial will come.
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
    noticed = Rewind(row.before, row.after, row.time, row.finished) if row is not None else None
    if study is None or study.owner != sweep.uid:
        return noticed
    trials, ended = sweep.status.trials, study.counts.ended
    counted = trials.complete + trials.pruned + trials.failed
    loss = noticed
    if noticed is None and ended < counted:
        loss = Rewind(counted, ended, now.replace(microsecond=0), trials.finished)
    if noticed is not None and ended < noticed.after:  # restored once more
        loss = replace(noticed, after=ended, time=now.replace(microsecond=0))
    return loss if loss is not None and not _is_made_up_for(sweep, study, loss) else None


def _is_made_up_for(sweep: Sweep, study: Study, loss: Rewind) -> bool:
    counts = study.counts
    has_finished = loss.finished is not None and counts.finished >= loss.finished
    return counts.ended >= loss.before or has_finished or counts.finished >= sweep.spec.trials.max


def pause(evidence: Evidence, loss: Rewind | None) -> Evidence:
    """Return the evidence for decisions: none while the study lacks trials."""
    return evidence if loss is None else replace(evidence, study=None, history=None)
