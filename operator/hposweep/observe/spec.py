"""Ask the cluster, before there are workers, whether it accepts the Job's template and has the user's code.

Called by `observation`, and by `reconcile` for a Job that the cluster refuses later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from hposweep.api import conditions
from hposweep.api.champions_sweep import champions_sweep
from hposweep.api.names import CHAMPIONS_PHASE
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster, RefusedError
from hposweep.model.observation import Fault
from hposweep.model.source_files import SourceFiles
from hposweep.plan.job import search_job


async def observe_refusals(sweep: Sweep, cluster: Cluster, source: SourceFiles | None) -> tuple[Fault, ...]:
    """Return no fault when the cluster would accept the Job and the code is where the spec says."""
    faults = []
    message = _missing_source(sweep, source)
    if message:
        faults.append(Fault(conditions.SOURCE_NOT_FOUND, message))
    with suppress(RecursionError):  # thousands of values inside each other, which `judge` refuses
        for template, job in _jobs(sweep):
            try:
                await cluster.try_create(job)
            except RefusedError as error:
                faults.append(refusal(error, template))
    return tuple(faults)


def refusal(error: RefusedError, template: str = "spec.workers.template") -> Fault:
    """Return a fault of the template, or one that lasts as long as a quota, a policy or a missing permission."""
    if error.is_final:
        return Fault(conditions.INVALID_TEMPLATE, f"`{template}` is refused by the cluster: {error}")
    return Fault(conditions.NOT_ADMITTED, f"the cluster admits no Job for the sweep: {error}")


def _jobs(sweep: Sweep) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the field of each pod template, and a Job with it."""
    yield "spec.workers.template", search_job(sweep)
    champions = sweep.spec.champions
    if champions is not None and champions.template is not None:
        phase_sweep = champions_sweep(sweep, champions, champions.trials)
        yield "spec.champions.template", search_job(phase_sweep, phase=CHAMPIONS_PHASE)


async def observe_source(sweep: Sweep, cluster: Cluster, *, before_start: bool) -> SourceFiles | None:
    """Return the objective's files before the start and where a person approves them; None when they are absent.

    Raises OSError before the start, when they cannot be read.
    """
    reference = sweep.spec.objective.source_ref
    is_approved_by_a_person = sweep.spec.approval.required and not (sweep.has_ended or sweep.is_deleting)
    if reference is None or not (before_start or is_approved_by_a_person):
        return None
    try:
        return await cluster.source_files(sweep.namespace, reference.config_map.name)
    except OSError:  # TimeoutError is one too; the approval of a search that runs stays as it is
        if before_start:
            raise
        return None


def _missing_source(sweep: Sweep, source: SourceFiles | None) -> str | None:
    reference = sweep.spec.objective.source_ref
    if reference is None:
        return None
    if source is None:
        return (
            f"ConfigMap `{reference.config_map.name}` does not exist in namespace `{sweep.namespace}`; "
            "`spec.objective.sourceRef.configMap.name` must name one that holds the objective's code"
        )
    python = sweep.spec.objective.python
    if python is None and source.names:
        return None  # a command may be written in any language
    if python is None:
        return f"ConfigMap `{reference.config_map.name}` is empty; it must hold the files of `spec.objective.command`"
    file_name = f"{python.partition(':')[0].partition('.')[0]}.py"
    if any(file.endswith(".py") for file in source.names):
        return None
    return (
        f"ConfigMap `{reference.config_map.name}` holds no Python file (it has: "
        f"{', '.join(source.names) or 'nothing'}); "
        f"`spec.objective.python` is `{python}`, so a key `{file_name}` is expected"
    )
