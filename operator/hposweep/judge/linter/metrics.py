"""The metrics of a command: patterns that cannot be used, names nearly an objective's, steps without effect."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from hposweep.api.spec import MetricSpec, Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding
from hpotrial.protocol.metrics import FIELD, PatternError, compiled

_ALIKE = 0.7


def findings(spec: Spec) -> Iterator[ContractFinding]:
    objectives = [goal.name for goal in spec.study.objectives]
    names = [metric.name for metric in spec.objective.metrics]
    for position, metric in enumerate(spec.objective.metrics):
        path = f"{FIELD}[{position}]"
        for field, pattern in (("pattern", metric.pattern), ("stepPattern", metric.step_pattern)):
            if pattern is not None:
                yield from _pattern(f"{path}.{field}", pattern)
        missing = [name for name in objectives if name not in names]
        if metric.name not in objectives and (similar := difflib.get_close_matches(metric.name, missing, 1, _ALIKE)):
            sentence = f"`{metric.name}` is no objective, so it becomes an attribute; did you mean `{similar[0]}`?"
            yield warning(LinterRule.METRIC_IS_NO_OBJECTIVE, (f"{path}.name", "spec.study.objectives"), sentence)
        if metric.step_pattern is not None:
            yield from _steps(path, metric, objectives)


def _pattern(field: str, pattern: str) -> Iterator[ContractFinding]:
    try:
        compiled(pattern)
    except PatternError as refusal:
        yield error(LinterRule.PATTERN_REFUSED, (field,), f"{str(refusal).rstrip('.')}.")


def _steps(path: str, metric: MetricSpec, objectives: list[str]) -> Iterator[ContractFinding]:
    reason = ""
    if len(objectives) > 1:
        reason = f"a study with {len(objectives)} objectives prunes nothing"
    elif metric.name not in objectives:
        reason = "only steps of the objective are reported"
    if reason:
        fields = (f"{path}.stepPattern", "spec.study.objectives")
        yield warning(LinterRule.STEPS_WITHOUT_EFFECT, fields, f"has no effect, because {reason}. Remove it.")
