"""The analysis of a sweep that has ended, as a part of its pass: observe, judge, plan, apply, report.

Called by `reconcile` with the status that it is about to write. A fault of the analysis changes one condition only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.apply.plan import apply_plan
from hposweep.cluster.protocol import Cluster, RefusedError
from hposweep.database.pool import Databases
from hposweep.judge.analysis import analysis, early_gate, has_no_analysis, unfinished
from hposweep.model.analysis import AnalysisObservation, AnalysisStep, AnalysisVerdict
from hposweep.model.gate import Gate
from hposweep.model.plan import Plan
from hposweep.observe.analysis import observe_analysis
from hposweep.plan.analysis import analysis_action
from hposweep.report.analysis import with_analysis

_REFUSED = {
    AnalysisStep.CREATE: "the cluster does not accept the analysis Job",
    AnalysisStep.RESUME: "the cluster does not resume the analysis Job",
    AnalysisStep.PUBLISH: "the results are in the sweep's database, and the cluster does not accept their ConfigMap",
}


@dataclass(frozen=True, slots=True)
class AnalysisPass:
    """The clients of the analyses. `image`: of their Jobs, "" where the operator runs none."""

    cluster: Cluster
    databases: Databases
    image: str

    async def advance(self, sweep: Sweep, status: Status, now: datetime) -> Status:
        """Take the next step of the analysis, and return the status with `Analyzed`."""
        if has_no_analysis(sweep):
            return status
        gate, observation = early_gate(sweep, status, self.image), AnalysisObservation()
        if gate is None:
            observation = await observe_analysis(sweep, self.cluster, self.databases)
            gate = await self._take_step(sweep, observation, analysis(sweep, observation, now), now)
        return with_analysis(sweep, status, gate, observation, now)

    async def _take_step(
        self, sweep: Sweep, observation: AnalysisObservation, verdict: AnalysisVerdict, now: datetime
    ) -> Gate:
        """Return the gate of the verdict, or why its step was refused."""
        action = analysis_action(sweep, observation, verdict.step, self.image)
        if action is None:
            return verdict.gate
        try:
            await apply_plan(Plan((action,)), sweep.namespace, self.cluster, None)
        except RefusedError as error:
            return unfinished(sweep, f"{_REFUSED[verdict.step]}: {error}", now, is_final=error.is_final)
        return verdict.gate
