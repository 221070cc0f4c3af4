"""`trialsFinished`: enough trials have ended."""

from __future__ import annotations

from hposweep.api.criteria import TrialsFinished
from hposweep.api.spec import Spec
from hposweep.judge.criteria.kind import CriterionKind
from hposweep.judge.criteria.verdicts import not_reached, unreadable
from hposweep.judge.evidence import Evidence
from hposweep.model.verdicts import CriterionVerdict, Outcome
from hposweep.text import count


class TrialsFinishedKind(CriterionKind[TrialsFinished]):
    """Two of them are about the same number."""

    field = "trials_finished"
    stop_refusal = "`spec.trials.max` limits the trials. Remove this rule."

    def verdict(self, criterion: TrialsFinished, evidence: Evidence) -> CriterionVerdict:
        requirement = f"at least {count(criterion.min, 'trial')} finished"
        if evidence.study is None:
            return unreadable(self.name, requirement, criterion.min)
        finished = evidence.study.counts.finished
        outcome = Outcome.TRUE if finished >= criterion.min else not_reached(evidence)
        margin = finished - criterion.min
        message = f"{requirement}: {finished}"
        return CriterionVerdict(self.name, outcome, message, finished, criterion.min, margin, trials=finished)

    def is_alike(self, first: TrialsFinished, second: TrialsFinished, spec: Spec) -> bool:
        return True

    def implies(self, first: TrialsFinished, second: TrialsFinished, spec: Spec) -> bool:
        return first.min >= second.min


KIND = TrialsFinishedKind()
