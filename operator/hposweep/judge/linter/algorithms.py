"""Sampler and pruner in themselves: do Optuna's own constructors take them, and do they take so many objectives?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hpotrial.samplers.build import DEFAULT_PRUNER, NotInstalledError, make_pruner, make_sampler

# They say so only when a worker asks them for the first trial.
ONE_OBJECTIVE_SAMPLERS = ("CmaEsSampler",)


def findings(spec: Spec) -> Iterator[ContractFinding]:
    yield from _constructors(spec)
    sampler, pruner, goals = spec.study.sampler, spec.study.pruner, spec.study.objectives
    if len(goals) < 2:
        return
    if sampler.name in ONE_OBJECTIVE_SAMPLERS:
        message = (
            f"`spec.study.sampler.name` is `{sampler.name}`, which takes one objective; `spec.study.objectives` has "
            f"{len(goals)}: choose another sampler, for instance `TPESampler` or `NSGAIISampler`"
        )
        fields = ("spec.study.sampler.name", "spec.study.objectives")
        yield error(LinterRule.SAMPLER_OF_ONE_OBJECTIVE, fields, message, objectives=len(goals))
    is_asked_for = pruner.class_ is not None or pruner.options or pruner.name not in (DEFAULT_PRUNER, "NopPruner")
    if is_asked_for:
        message = (
            f"`spec.study.pruner` is `{pruner.class_ or pruner.name}`, but a study of {len(goals)} objectives prunes "
            "no trial: leave it out, or search for one objective"
        )
        fields = ("spec.study.pruner", "spec.study.objectives")
        yield warning(LinterRule.PRUNER_OF_ONE_OBJECTIVE, fields, message, objectives=len(goals))


def _constructors(spec: Spec) -> Iterator[ContractFinding]:
    """Optuna's own constructors are the rule; whatever they refuse would stop every worker.

    A `class` of the user's own is only known to the workers: they check it, and its options, when they start.
    """
    sampler, pruner = spec.study.sampler, spec.study.pruner
    makers: list[tuple[LinterRule, str, Callable[[], object]]] = []
    if sampler.name is not None:
        make = partial(make_sampler, sampler.name, dict(sampler.options), sampler.seed)
        makers.append((LinterRule.SAMPLER_REFUSED, "spec.study.sampler", make))
    if pruner.name is not None:
        makers.append(
            (LinterRule.PRUNER_REFUSED, "spec.study.pruner", partial(make_pruner, pruner.name, dict(pruner.options)))
        )
    for rule, field, maker in makers:
        try:
            maker()
        except NotInstalledError:
            continue  # a package that only the workers' image may have: they will tell
        except ValueError as refusal:
            yield error(rule, (field,), str(refusal))
