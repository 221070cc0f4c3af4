"""`trialsFinished`: enough trials have ended."""

from __future__ import annotations

from hposweep.api.criteria import TrialsFinished
from hposweep.judge.criteria.verdicts import not_reached, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict, Outcome


def trials_finished(criterion: TrialsFinished, evidence: Evidence) -> CriterionVerdict:
    wish = f"at least {criterion.min} trials finished"
    if evidence.study is None:
        return unreadable("trialsFinished", wish, criterion.min)
    finished = evidence.study.counts.finished
    outcome = Outcome.TRUE if finished >= criterion.min else not_reached(evidence)
    margin = finished - criterion.min
    message = f"{wish}: {finished}"
    return CriterionVerdict("trialsFinished", outcome, message, finished, criterion.min, margin, trials=finished)
