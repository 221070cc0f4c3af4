"""The sweep that trains the champions of another: the same workers, another study, its own budget.

Planners, executors and workers of a search therefore serve the champions unchanged. Used by `observe`, `judge`, `plan`.
"""

from __future__ import annotations

from dataclasses import replace

from hposweep.api.champions import ChampionsSpec
from hposweep.api.spec import PrunerSpec, SamplerSpec, Spec, WorkersSpec
from hposweep.api.sweep import Sweep
from hpotrial.samplers.accepted import NO_PRUNER

SUFFIX = ".champions"
_SAMPLER = "RandomSampler"  # is never asked, because a champion's parameters are fixed


def champions_study_name(sweep: Sweep) -> str:
    return f"{sweep.study_name}{SUFFIX}"


def champions_sweep(sweep: Sweep, champions: ChampionsSpec, trials: int) -> Sweep:
    """Return the sweep that trains them. `trials`: its budget."""
    spec = sweep.spec
    timeout = spec.trials.timeout_seconds if champions.timeout_seconds is None else champions.timeout_seconds
    return replace(
        sweep,
        spec=Spec(
            study=replace(
                spec.study,
                name=champions_study_name(sweep),
                sampler=SamplerSpec(_SAMPLER),
                pruner=PrunerSpec(NO_PRUNER),
                adopt=False,
                enqueue=(),
                warm_start=(),
            ),
            objective=replace(spec.objective, fixed={**spec.objective.fixed, **champions.overrides}),
            workers=replace(champion_workers(spec), replicas=min(spec.workers.replicas, max(trials, 1))),
            trials=replace(spec.trials, max=max(trials, 1), max_failed=None, timeout_seconds=timeout),
            search_space=spec.search_space,
            preflight=spec.preflight,  # names the checkout and the disks that a worker reports
            suspend=spec.suspend,
            stop=spec.stop,
        ),
        status=None,
        contract_max_trials=None,
        existing_trials=0,
        baseline_trials=0,
    )


def champion_workers(spec: Spec) -> WorkersSpec:
    """Return the workers of the search with the template of the champions, if they have one of their own."""
    template = spec.champions.template if spec.champions is not None else None
    return spec.workers if template is None else replace(spec.workers, template=template)
