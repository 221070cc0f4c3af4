"""Decision points at a number of GPU seconds: whether GPUs are counted, and whether the budget has that many."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.names import TRIAL_CONTAINER
from hposweep.api.spec import Spec
from hposweep.gpu_weights import CLAIM, VARIABLE, GpuWeights
from hposweep.judge.gpus import GpuCount, gpu_count
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import listed, span
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.text import count

_NEVER = "The point is never reached."
_INSTEAD = ", or use `seconds`"
_TEMPLATE = "spec.workers.template"


def findings(spec: Spec, weights: GpuWeights) -> Iterator[ContractFinding]:
    """Unlike the other families, it depends on the settings of the operator."""
    gpus = gpu_count(spec.workers, weights)
    for position, point in enumerate(spec.decision_points):
        if point.at.gpu_seconds is not None:
            yield from _point(spec, f"spec.decisionPoints[{position}].at.gpuSeconds", point.at.gpu_seconds, gpus)


def _point(spec: Spec, field: str, due: int, gpus: GpuCount) -> Iterator[ContractFinding]:
    deadline, workers = spec.budget.active_deadline_seconds, spec.workers.replicas
    if gpus.gpus == 0:
        reason, detail = nothing_counted(gpus, _INSTEAD)
        yield error(LinterRule.DECISION_BEYOND_BUDGET, (field, _TEMPLATE), reason, f"{detail} {_NEVER}", at=due)
        return
    budget = spec.budget.gpu_seconds
    if budget is not None and due >= budget:
        limit = "spec.budget.gpuSeconds"
        reason = f"due at {due}, but `{limit}` ends the sweep at {budget}. Decide earlier, or raise the budget."
        yield error(LinterRule.DECISION_BEYOND_BUDGET, (field, limit), reason, _NEVER, at=due, most=budget)
    if gpus.claims:
        sentence = (
            f"how many GPUs a claim has is not known here: {_claims(gpus)} counted as {gpus.gpus:g} for a worker."
        )
        detail = f"If a claim has n devices, set `{VARIABLE}={CLAIM}=n` for the operator, or use `seconds`."
        yield warning(LinterRule.GPUS_ASSUMED, (field, _TEMPLATE), sentence, detail, at=due, gpus=gpus.gpus)
    if deadline is not None and workers > 0 and due > deadline * workers * gpus.gpus:
        available = deadline * workers * gpus.gpus
        fields = (field, "spec.budget.activeDeadlineSeconds", "spec.workers.replicas")
        sentence = f"due at {due}, but the sweep has at most {available:.10g} GPU seconds. Decide earlier."
        detail = (
            f"{count(workers, 'worker')} with {gpus.gpus:.4g} {'GPU' if gpus.gpus == 1 else 'GPUs'} each run until "
            f"`{fields[1]}` ({span(deadline)}). {_NEVER}"
        )
        yield error(LinterRule.DECISION_BEYOND_BUDGET, fields, sentence, detail, at=due, most=available)


def _claims(gpus: GpuCount) -> str:
    names = listed(dict.fromkeys(gpus.claims))
    return f"{names} {'is' if len(set(gpus.claims)) == 1 else 'are'}"


def nothing_counted(gpus: GpuCount, alternative: str = "") -> tuple[str, str]:
    """Return sentence and detail. `alternative`: another advice than to count GPUs."""
    if gpus.unused_claims:
        names = listed(gpus.unused_claims)
        sentence = f"container `{TRIAL_CONTAINER}` does not use the claim {names} of its pod. List it{alternative}."
        return sentence, f"Claims are listed in `resources.claims` of the container, in `{_TEMPLATE}`."
    if gpus.unknown:
        names = listed(gpus.unknown)
        sentence = f"{names} of container `{TRIAL_CONTAINER}` counts as no GPU. Set its weight{alternative}."
        return sentence, f"Add `{gpus.unknown[0]}=1` to `{VARIABLE}` of the operator."
    sentence = (
        f"container `{TRIAL_CONTAINER}` has no GPU limit, so GPU seconds are never counted. Set a limit{alternative}."
    )
    return sentence, f"A limit is `nvidia.com/gpu`, for instance, in `{_TEMPLATE}`."
