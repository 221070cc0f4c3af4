"""Rules of `spec.stopWhen`: can each stop the sweep, and does it stop it before something else is possible?"""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.spec import Spec
from hposweep.api.stop_rules import NoImprovement
from hposweep.judge.criteria.threshold import baseline_value
from hposweep.judge.linter.criterion_paths import criteria, flat_criteria
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.format import number
from hposweep.judge.linter.rules import LinterRule
from hposweep.judge.linter.start_up import start_up
from hposweep.judge.linter.thresholds import LocatedThreshold, thresholds
from hposweep.model.findings import ContractFinding
from hposweep.text import count

_MAX = "spec.trials.max"


def findings(spec: Spec) -> Iterator[ContractFinding]:
    goals = tuple(thresholds(spec, (located for located in criteria(spec) if located.is_stop_rule)))
    for goal in goals:
        yield from _below_baseline(spec, goal)
        yield from _excludes(spec, goal)
    for position, rule in enumerate(spec.stop_when):
        path = f"spec.stopWhen[{position}]"
        if rule.no_improvement is not None:
            yield from _patience(spec, f"{path}.noImprovement", rule.no_improvement)
        if rule.failed_ratio is not None:
            limit, field = rule.failed_ratio, f"{path}.failedRatio"
            yield from _beyond_budget(spec, f"{field}.minTrials", limit.min_trials)
            if limit.greater_than >= 1:
                sentence = "never holds: no more than all trials can fail. Choose a share below 1."
                yield error(LinterRule.NEVER_HOLDS, (f"{field}.greaterThan",), sentence, threshold=limit.greater_than)
    yield from _before_enough_trials(spec)
    yield from _before_contrast(spec)


def _earliest(patience: NoImprovement) -> int:
    """Return after how many trials the rule can hold at the earliest: the first one always improves."""
    return max(patience.min_trials, patience.trials + 1)


def _patience(spec: Spec, path: str, patience: NoImprovement) -> Iterator[ContractFinding]:
    is_minimum = patience.min_trials > patience.trials
    yield from _beyond_budget(spec, f"{path}.{'minTrials' if is_minimum else 'trials'}", _earliest(patience))
    random = start_up(spec)
    if random is None:
        return
    field, trials = random
    is_early = 0 < patience.min_trials < trials or _earliest(patience) <= trials
    if is_early and spec.trials.max > trials:
        fields = (f"{path}.minTrials", field)
        sentence = (
            f"{patience.min_trials}, but the first {count(trials, 'trial')} of `{spec.study.sampler.name}` are random. "
            f"Set at least {trials + patience.trials}."
        )
        detail = "Patience that is used up by random trials says nothing about the search."
        numbers = {"min_trials": patience.min_trials, "start_up": trials, "needed": trials + patience.trials}
        yield warning(LinterRule.STOP_DURING_START_UP, fields, sentence, detail, **numbers)


def _beyond_budget(spec: Spec, field: str, earliest: int) -> Iterator[ContractFinding]:
    max_trials = spec.trials.max
    if earliest >= max_trials:
        sentence = (
            f"stops nothing: it holds after {earliest} trials or more, but `{_MAX}` is {max_trials}. Lower the number "
            "of the rule."
        )
        numbers = {"earliest": earliest, "max": max_trials}
        yield warning(LinterRule.STOP_BEYOND_BUDGET, (field, _MAX), sentence, "Or raise the budget.", **numbers)


def _below_baseline(spec: Spec, goal: LocatedThreshold) -> Iterator[ContractFinding]:
    base = baseline_value(spec, goal.goal)
    if base is None or goal.share is not None or not goal.is_better or goal.restriction:
        return
    gain = (goal.value - base) * (1 if goal.goal.is_maximized else -1)
    if gain < 0:
        fields = (goal.field, "spec.baseline.value")
        sentence = (
            f"the baseline's {number(base)} is beyond {number(goal.value)} already. Choose a goal beyond the baseline."
        )
        detail = "A search that improves nothing stops as if it had reached its goal."
        yield warning(LinterRule.GOAL_BELOW_BASELINE, fields, sentence, detail, threshold=goal.value, baseline=base)


def _excludes(spec: Spec, goal: LocatedThreshold) -> Iterator[ContractFinding]:
    """Warn of better values that a tier or a rule demands: the sweep has stopped before it can find them."""
    for other in thresholds(spec):
        if other.located.is_stop_rule or other.value == goal.value or not other.implies(goal):
            continue
        fields, numbers = (goal.field, other.field), {"goal": goal.value, "threshold": other.value}
        if other.located.tier:
            sentence = (
                f"stops at {number(goal.value)}, but tier `{other.located.tier}` demands {number(other.value)}. Raise "
                "the goal, or lower the tier."
            )
            detail = "Only the trial that reaches the goal, and those that still run then, can be better."
            yield warning(LinterRule.STOP_AGAINST_SUCCESS, fields, sentence, detail, **numbers)
        elif other.located.point is not None:
            sentence = (
                f"never True: the sweep stops at {number(goal.value)} before, by `{goal.field}`. Remove one of them."
            )
            yield warning(LinterRule.UNREACHABLE_RULE, (other.field, goal.field), sentence, "", **numbers)


def _before_enough_trials(spec: Spec) -> Iterator[ContractFinding]:
    """Warn of a tier that demands more trials than have finished when a rule may stop the sweep."""
    earliest = [
        (_earliest(rule.no_improvement) if rule.no_improvement is not None else 1, f"spec.stopWhen[{position}]")
        for position, rule in enumerate(spec.stop_when)
        if rule.failed_ratio is None
    ]
    for located in flat_criteria(spec):
        finished = located.criterion.trials_finished
        early = [path for trials, path in earliest if finished is not None and trials < finished.min]
        if finished is None or not located.tier or not early:
            continue
        fields = (f"{located.path}.trialsFinished.min", *early)
        sentence = (
            f"{finished.min} trials, but `{early[0]}` may stop the sweep before. Then tier `{located.tier}` is not "
            "reached. Lower it."
        )
        detail = "Or set `minTrials`. Fewer trials also give every comparison less power."
        yield warning(LinterRule.STOP_AGAINST_SUCCESS, fields, sentence, detail, min=finished.min)


def _before_contrast(spec: Spec) -> Iterator[ContractFinding]:
    if spec.contrast is None or not spec.stop_when:
        return
    fields = ("spec.stopWhen", "spec.contrast")
    sentence = "may stop the sweep before its contrast pairs, which run last. Remove `spec.contrast`, or these rules."
    detail = "A criterion that compares the choices of their parameters then stays Unknown."
    yield warning(LinterRule.STOP_BEFORE_CONTRAST, fields, sentence, detail, pairs=spec.contrast.pairs)
