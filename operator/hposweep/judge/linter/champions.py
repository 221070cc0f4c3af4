"""Champions: can they be ranked, trained as written, and told apart?"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.champions import ChampionsSpec
from hposweep.api.spec import Spec
from hposweep.judge.champions.paired import MIN_VALUES
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import allowed
from hposweep.judge.linter.parameters import place_of
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hpotrial.protocol.command import shared_variable, variable

_FIELD = "spec.champions"


def findings(spec: Spec) -> Iterator[ContractFinding]:
    champions = spec.champions
    if champions is None:
        return
    yield from _metric(spec, champions)
    yield from _overrides(spec, champions)
    yield from _numbers(spec, champions)


def _metric(spec: Spec, champions: ChampionsSpec) -> Iterator[ContractFinding]:
    names = [goal.name for goal in spec.study.objectives]
    fields = (f"{_FIELD}.metric", "spec.study.objectives")
    if champions.metric is None and len(names) > 1:
        sentence = f"must name the objective that ranks the configurations ({allowed(names)})."
        yield error(LinterRule.CHAMPIONS_WITHOUT_METRIC, fields, sentence, objectives=len(names))
    elif champions.metric not in (None, *names):
        sentence = f"unknown objective `{champions.metric}` ({allowed(names)}). Name one of `{fields[1]}`."
        yield error(LinterRule.UNKNOWN_OBJECTIVE, fields, sentence)


def _overrides(spec: Spec, champions: ChampionsSpec) -> Iterator[ContractFinding]:
    parameters = {parameter.name for parameter in spec.search_space}
    for name in sorted(champions.overrides):
        field = f"{_FIELD}.overrides.{name}"
        if name in parameters:
            sentence = f"`{name}` is a parameter of the search, and a champion keeps its parameters. Remove it here."
            yield error(LinterRule.OVERRIDES_A_PARAMETER, (field, place_of(spec, name)), sentence)
    names = [*parameters, *{**spec.objective.fixed, **champions.overrides}]
    pair = shared_variable(names) if spec.objective.command is not None and len(set(names)) == len(names) else None
    if pair is not None and champions.overrides.keys() & set(pair):
        sentence = f"`{pair[0]}` and `{pair[1]}` would both become {variable(pair[0])}. Rename one of them."
        yield error(LinterRule.SHARED_VARIABLE, (f"{_FIELD}.overrides", "spec.objective.command"), sentence)


def _numbers(spec: Spec, champions: ChampionsSpec) -> Iterator[ContractFinding]:
    if champions.seeds < MIN_VALUES:
        sentence = f"one training cannot show what is chance. Use at least {MIN_VALUES}; 3 or more tell more."
        yield warning(LinterRule.ONE_SEED, (f"{_FIELD}.seeds",), sentence, seeds=champions.seeds)
    if champions.top == 1 and spec.baseline is None:
        sentence = "one champion has nothing to compare with. Raise it, or set `spec.baseline`."
        yield warning(LinterRule.NOTHING_TO_VALIDATE, (f"{_FIELD}.top", "spec.baseline"), sentence)
    if champions.top > spec.trials.max:
        fields = (f"{_FIELD}.top", "spec.trials.max")
        sentence = f"{champions.top} is more than the {spec.trials.max} trials of `{fields[1]}`. Lower it."
        yield warning(
            LinterRule.MORE_CHAMPIONS_THAN_TRIALS, fields, sentence, top=champions.top, trials=spec.trials.max
        )
    limit = spec.trials.timeout_seconds
    if champions.overrides and champions.timeout_seconds is None and limit is not None:
        fields = (f"{_FIELD}.timeoutSeconds", "spec.trials.timeoutSeconds")
        sentence = (
            f"a training with overrides has the {limit} s of the search. Set it, to {limit} as well if that is enough."
        )
        yield warning(LinterRule.TIMEOUT_OF_THE_SEARCH, fields, sentence, timeout=limit)
