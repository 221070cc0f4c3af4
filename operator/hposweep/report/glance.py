"""The end of a sweep for a person at a terminal: the verdict first and large, then what else is worth reading.

Pure; the demo calls all of it, and the end of a local run its best trial.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.names import tier_condition
from hposweep.api.status import NO_TIER, UNKNOWN_TIER, Status
from hposweep.text import number

_MARKS = {c.TRUE: "✓", c.FALSE: "✗", c.UNKNOWN: "?"}
_INDENT = "    "
_NAME_WIDTH = 20  # columns of a parameter's name
# Conditions that the verdict's line has said already, and reasons that say only that nothing is wrong or has happened.
_ENDS = (c.ENDED, c.COMPLETE, c.FAILED)
_ORDINARY = (c.VALID, c.CONNECTED, c.RUNNING, c.FINISHED, c.HEALTHY, c.PENDING, c.RESUMED, c.NOT_REACHED, c.NOT_YET)


def glance(status: Status, width: int) -> Iterator[str]:
    """Yield the lines, none of them longer than `width` columns: verdict, tiers, conditions, best trial."""
    yield from _banner(status, width)
    for tier in status.success:
        entry = status.condition(tier_condition(tier.tier))
        yield f"{_MARKS[tier.outcome]} {tier.tier}"
        yield from _wrapped(entry.message if entry is not None else "", width)
    for entry in worth_reading(status):
        yield f"! {entry.type}: {entry.status} ({entry.reason})"
        yield from _wrapped(entry.message, width)
    yield from best_trial(status)


def best_trial(status: Status) -> Iterator[str]:
    """Yield an empty line, the best trial and its parameters; nothing before there is one."""
    if status.best is not None:
        values = ", ".join(f"{name} {value:.6g}" for name, value in status.best.values.items())
        yield from ("", f"Best trial {status.best.trial}: {values}")
        yield from (f"  {name:<{_NAME_WIDTH}} {number(value)}" for name, value in sorted(status.best.params.items()))


def verdict_sentence(status: Status) -> str:
    """Return the verdict in words."""
    if status.verdict is None:
        return "no verdict: `spec.success` names no tier"
    if status.verdict == NO_TIER:
        return "no tier is reached"
    if status.verdict == UNKNOWN_TIER:
        return "not known: no tier is reached so far, and at least one cannot be judged"
    return f"`{'`, `'.join(status.verdict.split(','))}` is reached"


def worth_reading(status: Status) -> Iterator[Condition]:
    """Yield the conditions that say more than that nothing is wrong; tiers and ends have lines of their own."""
    tiers = {tier_condition(tier.tier) for tier in status.success}
    for entry in status.conditions:
        if entry.type not in _ENDS and entry.type not in tiers and entry.reason not in _ORDINARY:
            yield entry


def _banner(status: Status, width: int) -> Iterator[str]:
    yield "=" * width
    yield from _wrapped(f"VERDICT  {verdict_sentence(status)}", width, "  ")
    yield from _wrapped(f"{status.state}: {status.message}", width, "  ")
    yield "=" * width


def _wrapped(text: str, width: int, indent: str = _INDENT) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
