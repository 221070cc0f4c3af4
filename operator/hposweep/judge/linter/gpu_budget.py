"""Budget and price of GPU time: whether GPUs are counted, and whether the deadline comes first."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.spec import Spec
from hposweep.gpu_weights import GpuWeights
from hposweep.judge.gpus import gpu_count
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import span
from hposweep.judge.linter.gpu_seconds import nothing_counted
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.text import count

_BUDGET, _COST, _TEMPLATE = "spec.budget.gpuSeconds", "spec.cost", "spec.workers.template"
_ADVICE = ", or leave it out"


def findings(spec: Spec, weights: GpuWeights) -> Iterator[ContractFinding]:
    """Unlike most families, it depends on the settings of the operator."""
    gpus, budget = gpu_count(spec.workers, weights), spec.budget.gpu_seconds
    if gpus.gpus == 0:
        sentence, detail = nothing_counted(gpus, _ADVICE)
        if budget is not None:
            yield error(LinterRule.GPU_BUDGET_WITHOUT_GPUS, (_BUDGET, _TEMPLATE), sentence, detail, budget=budget)
        if spec.cost is not None:
            yield warning(LinterRule.COST_WITHOUT_GPUS, (_COST, _TEMPLATE), sentence, detail)
        return
    deadline, workers = spec.budget.active_deadline_seconds, spec.workers.replicas
    if budget is None or deadline is None or workers < 1 or budget <= deadline * workers * gpus.gpus:
        return
    most = deadline * workers * gpus.gpus
    fields = (_BUDGET, "spec.budget.activeDeadlineSeconds", "spec.workers.replicas")
    sentence = f"{budget}, but the sweep has at most {most:.10g} GPU seconds. Lower it, or raise the deadline."
    detail = (
        f"{count(workers, 'worker')} with {gpus.gpus:.4g} {'GPU' if gpus.gpus == 1 else 'GPUs'} each run until "
        f"`{fields[1]}` ({span(deadline)}), which ends the sweep first."
    )
    yield warning(LinterRule.GPU_BUDGET_BEYOND_DEADLINE, fields, sentence, detail, budget=budget, most=most)
