"""What the cluster itself says against a spec, asked once before there are workers: the template, the user's code."""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster, RefusedError
from hposweep.model.observation import Fault
from hposweep.plan.job import search_job


async def observe_refusals(sweep: Sweep, cluster: Cluster) -> tuple[Fault, ...]:
    """Empty when the Job would be accepted as it is and the code is where the spec says."""
    faults = []
    missing = await _missing_source(sweep, cluster)
    if missing:
        faults.append(Fault(conditions.SOURCE_NOT_FOUND, missing))
    try:
        await cluster.try_create(search_job(sweep))
    except RefusedError as error:
        faults.append(refusal(error))
    return tuple(faults)


def refusal(error: RefusedError) -> Fault:
    """Against the template for good, or only as long as a quota, a policy or a right stands against it."""
    if error.is_final:
        return Fault(conditions.INVALID_TEMPLATE, f"`spec.workers.template` is refused by the cluster: {error}")
    return Fault(conditions.NOT_ADMITTED, f"the cluster admits no Job for the sweep: {error}")


async def _missing_source(sweep: Sweep, cluster: Cluster) -> str | None:
    source = sweep.spec.objective.source_ref
    if source is None:
        return None
    files = await cluster.source_files(sweep.namespace, source.config_map.name)
    if files is None:
        return (
            f"ConfigMap `{source.config_map.name}` does not exist in namespace `{sweep.namespace}`; "
            "`spec.objective.sourceRef.configMap.name` must name one that holds the objective's code"
        )
    python = sweep.spec.objective.python
    if python is None and files:
        return None  # a command may be written in any language
    if python is None:
        return f"ConfigMap `{source.config_map.name}` is empty; it must hold the files of `spec.objective.command`"
    wanted = f"{python.partition(':')[0].partition('.')[0]}.py"
    if any(file.endswith(".py") for file in files):
        return None
    return (
        f"ConfigMap `{source.config_map.name}` holds no Python file (it has: {', '.join(files) or 'nothing'}); "
        f"`spec.objective.python` is `{python}`, so a key `{wanted}` is expected"
    )
