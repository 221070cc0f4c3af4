"""Sampler and pruner alone: do Optuna's constructors accept them, and do they support the number of objectives?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hposweep.text import truncate
from hpotrial.samplers.accepted import is_surely_accepted

# They reject a second objective only when a worker asks for the first trial.
ONE_OBJECTIVE_SAMPLERS = ("CmaEsSampler",)
_PLACE_CHARACTERS, _SENTENCE_CHARACTERS = 200, 1000  # a refusal quotes names and values as the user wrote them


def findings(spec: Spec) -> Iterator[ContractFinding]:
    yield from _constructors(spec)
    sampler, pruner, goals = spec.study.sampler, spec.study.pruner, spec.study.objectives
    if len(goals) < 2:
        return
    if sampler.name in ONE_OBJECTIVE_SAMPLERS:
        fields = ("spec.study.sampler.name", "spec.study.objectives")
        sentence = (
            f"`{sampler.name}` takes one objective, and `{fields[1]}` has {len(goals)}. Use `TPESampler` or "
            "`NSGAIISampler`."
        )
        yield error(LinterRule.SAMPLER_OF_ONE_OBJECTIVE, fields, sentence, objectives=len(goals))
    if pruner.is_requested:
        fields = ("spec.study.pruner", "spec.study.objectives")
        name = pruner.class_ or pruner.name
        sentence = f"`{name}` prunes nothing in a study of {len(goals)} objectives. Remove it, or use one objective."
        yield warning(LinterRule.PRUNER_OF_ONE_OBJECTIVE, fields, sentence, objectives=len(goals))


def _constructors(spec: Spec) -> Iterator[ContractFinding]:
    """Ask Optuna's own constructors: what they refuse would stop every worker.

    Only the workers know a `class` of the user's own: they check it, and its options, when they start.
    """
    sampler, pruner = spec.study.sampler, spec.study.pruner
    if all(block.name is None or is_surely_accepted(block.name, block.options) for block in (sampler, pruner)):
        return
    from hpotrial.samplers import build  # here, because it imports Optuna: a third of a check's time

    makers: list[tuple[LinterRule, str, Callable[[], object]]] = []
    if sampler.name is not None:
        check_sampler = partial(build.check_sampler, sampler.name, sampler.options, sampler.seed)
        makers.append((LinterRule.SAMPLER_REFUSED, "spec.study.sampler", check_sampler))
    if pruner.name is not None:
        make_pruner = partial(build.make_pruner, pruner.name, dict(pruner.options))
        makers.append((LinterRule.PRUNER_REFUSED, "spec.study.pruner", make_pruner))
    for rule, field, maker in makers:
        try:
            maker()
        except build.NotInstalledError:
            continue  # a package that perhaps only the workers' image has: the workers report it
        except ValueError as refusal:
            place, _, sentence = str(refusal).partition(": ")  # "study.sampler.options: …"
            place, sentence = truncate(place, _PLACE_CHARACTERS), truncate(sentence, _SENTENCE_CHARACTERS)
            yield replace(error(rule, (field,), sentence), message=f"`spec.{place}`: {sentence}")
