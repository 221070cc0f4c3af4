"""A judgement as text. Pure; called by `command`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from hposweep.api.status import DecisionStatus, HealthStatus, StopWhenStatus, TierStatus
from hposweep.api.sweep import Sweep
from hposweep.cli.judge.judgement import Judgement
from hposweep.text import count, number, short_duration

WIDTH = 80
INDENT = " " * 4


def lines(sweep: Sweep, judgement: Judgement, *, has_ended: bool) -> Iterator[str]:
    name, trials = sweep.name, judgement.trials
    moment = "judged as at its end" if has_ended else "judged as during the sweep"
    yield f"{name}: {trials.finished} of {trials.max} trials finished ({_states(judgement)}), {moment}"
    if judgement.best is not None:
        values = ", ".join(f"{objective} {value:.6g}" for objective, value in judgement.best.values.items())
        front = f", one of {judgement.best.front} on the front" if judgement.best.front else ""
        yield f"best: {values} (trial {judgement.best.trial}{front})"
        params = ", ".join(f"{key} {number(value)}" for key, value in sorted(judgement.best.params.items()))
        yield from _wrapped(params)
    if judgement.baseline is not None:
        yield f"baseline: {judgement.baseline.study or 'spec.baseline.value'}"
        yield from _wrapped(judgement.baseline.message)
    if judgement.eta is not None:
        low, high = short_duration(judgement.eta.low_seconds), short_duration(judgement.eta.high_seconds)
        yield f"time left: about {short_duration(judgement.eta.seconds)} ({low} to {high} in 90 of 100 cases)"
    yield from ("", "success" if judgement.success else "success: `spec.success` names no tier")
    for tier in judgement.success:
        yield from _tier(tier)
    yield from ("", "decisions" if judgement.decisions else "decisions: none was reached")
    for decision in judgement.decisions:
        yield from _decision(decision)
    if sweep.spec.stop_when:
        yield from _stop(judgement.stop_when)
    yield from ("", "health" if judgement.health else "health: no problems found")
    for finding in judgement.health:
        yield from _finding(finding)


def _states(judgement: Judgement) -> str:
    trials = judgement.trials
    counts = [("complete", trials.complete), ("pruned", trials.pruned), ("failed", trials.failed)]
    counts += [(word, count) for word, count in (("running", trials.running), ("waiting", trials.waiting)) if count]
    return ", ".join(f"{count} {word}" for word, count in counts)


def _tier(tier: TierStatus) -> Iterator[str]:
    yield f"  {tier.tier:<20} {tier.outcome}"
    for entry in tier.criteria:
        yield f"    {entry.criterion:<18} {entry.outcome}"
        yield from _wrapped(entry.message, INDENT * 2)


def _decision(decision: DecisionStatus) -> Iterator[str]:
    label = f" ({decision.label})" if decision.label else ""
    yield f"  {decision.name:<20} {decision.outcome}{label}"
    yield from _wrapped(decision.message)


def _stop(rule: StopWhenStatus | None) -> Iterator[str]:
    if rule is None:
        yield from ("", "stopWhen: no rule was reached")
        return
    moment = f"after {count(rule.trials, 'finished trial')}"
    yield from ("", "stopWhen", f"  {rule.rule}: would have stopped {moment} ({rule.reason})")
    yield from _wrapped(rule.message)


def _finding(finding: HealthStatus) -> Iterator[str]:
    yield f"  {finding.reason:<20} {finding.severity}"
    yield from _wrapped(finding.message)
    yield from _wrapped(finding.action)


def _wrapped(text: str, indent: str = INDENT) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
