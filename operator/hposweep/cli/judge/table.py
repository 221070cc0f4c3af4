"""A judgement as text. Pure; called by `command`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from hposweep.api.status import DecisionStatus, HealthStatus, TierStatus
from hposweep.cli.judge.judgement import Judgement
from hposweep.text import number, short_duration

WIDTH = 80
INDENT = " " * 4


def lines(name: str, judged: Judgement, *, has_ended: bool) -> Iterator[str]:
    trials = judged.trials
    moment = "judged as at its end" if has_ended else "judged as during the sweep"
    yield f"{name}: {trials.finished} of {trials.max} trials finished ({_states(judged)}), {moment}"
    if judged.best is not None:
        values = ", ".join(f"{objective} {value:.6g}" for objective, value in judged.best.values.items())
        front = f", one of {judged.best.front} on the front" if judged.best.front else ""
        yield f"best: {values} (trial {judged.best.trial}{front})"
        params = ", ".join(f"{key} {number(value)}" for key, value in sorted(judged.best.params.items()))
        yield from _wrapped(params)
    if judged.baseline is not None:
        yield f"baseline: {judged.baseline.study or 'spec.baseline.value'}"
        yield from _wrapped(judged.baseline.message)
    if judged.eta is not None:
        low, high = short_duration(judged.eta.low_seconds), short_duration(judged.eta.high_seconds)
        yield f"time left: about {short_duration(judged.eta.seconds)} ({low} to {high} in 90 of 100 cases)"
    yield from ("", "success" if judged.success else "success: `spec.success` names no tier")
    for tier in judged.success:
        yield from _tier(tier)
    yield from ("", "decisions" if judged.decisions else "decisions: none was reached")
    for decision in judged.decisions:
        yield from _decision(decision)
    yield from ("", "health" if judged.health else "health: no problems found")
    for finding in judged.health:
        yield from _finding(finding)


def _states(judged: Judgement) -> str:
    trials = judged.trials
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


def _finding(finding: HealthStatus) -> Iterator[str]:
    yield f"  {finding.reason:<20} {finding.severity}"
    yield from _wrapped(finding.message)
    yield from _wrapped(finding.action)


def _wrapped(text: str, indent: str = INDENT) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
