"""The end of a sweep for a person at a terminal: the verdict first, then what else is worth reading.

Pure; called by the demo and by the end of a local run.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.names import tier_condition
from hposweep.api.status import NO_TIER, UNKNOWN_TIER, Status, TierStatus
from hposweep.text import number

# One vocabulary for all screens.
MARKS = {c.TRUE: "✓", c.FALSE: "✗", c.UNKNOWN: "?"}
NOTICE = "!"  # a condition that is worth reading
VERDICT = "VERDICT"
_INDENT = "    "
_NAME_WIDTH = 20  # columns of a parameter's name
# Conditions that the first lines have said already. The end suspends all workers, so that theirs only repeat it.
_NEVER_SHOWN = (c.ENDED, c.FAILED, c.SUSPENDED, c.WORKERS_READY)
# Reasons that say only that nothing is wrong or has happened.
_ORDINARY = (
    *(c.VALID, c.CONNECTED, c.PASSED, c.SKIPPED, c.NOT_REQUIRED, c.HEALTHY, c.PENDING),
    *(c.NOT_REACHED, c.NOT_YET, c.BUDGET_REACHED),
)


def glance(status: Status, width: int, seconds: float | None = None) -> Iterator[str]:
    """Yield the lines, wrapped at `width` columns: verdict, tiers with their criteria, best trial, conditions.

    `seconds` is how long the sweep took, where the caller knows it.
    """
    yield from _wrapped(f"{VERDICT}  {verdict_sentence(status)}", width)
    duration = f" in {seconds:.1f} s" if seconds is not None else ""
    yield from _wrapped(f"{status.state}{duration}: {status.message}", width)
    if status.success:
        yield ""
    for tier in status.success:
        yield from _tier(tier, width)
    yield from _best_trial(status)
    entries = list(worth_reading(status))
    if entries:
        yield ""
    messages = [status.message]
    for entry in entries:
        yield f"{NOTICE} {entry.type}: {entry.status} ({entry.reason})"
        yield from _wrapped(_without_repetition(entry.message, messages), width, _INDENT)
        messages.append(entry.message)


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
    """Yield the conditions that say more than the lines above them."""
    tiers = {tier_condition(tier.tier) for tier in status.success}
    for entry in status.conditions:
        if entry.type not in (*_NEVER_SHOWN, *tiers) and entry.reason not in _ORDINARY:
            yield entry


def _without_repetition(message: str, messages: Sequence[str]) -> str:
    """Return the sentences of `message` that follow those of an earlier one; "" when an earlier one has them all."""
    if any(earlier.startswith(message) for earlier in messages):
        return ""
    beginnings = (f"{earlier} " if earlier.endswith("?") else f"{earlier}. " for earlier in messages)
    repeated = max((text for text in beginnings if message.startswith(text)), key=len, default="")
    return message.removeprefix(repeated)


def _tier(tier: TierStatus, width: int) -> Iterator[str]:
    """Yield a tier, and each of its criteria with the numbers that it rests on."""
    yield f"{MARKS[tier.outcome]} {tier.tier}: {tier.outcome}"
    for entry in tier.criteria:
        yield from _wrapped(f"{MARKS[entry.outcome]} {entry.message}", width, _INDENT, hanging=2)


def _best_trial(status: Status) -> Iterator[str]:
    """Yield an empty line, the best trial and its parameters; nothing before there is one."""
    if status.best is not None:
        values = ", ".join(f"{name} {value:.6g}" for name, value in status.best.values.items())
        yield from ("", f"Best trial {status.best.trial}: {values}")
        yield from (f"  {name:<{_NAME_WIDTH}} {number(value)}" for name, value in sorted(status.best.params.items()))


def _wrapped(text: str, width: int, indent: str = "", *, hanging: int = 0) -> list[str]:
    """Return the text in lines that begin with `indent`; all but the first have `hanging` more spaces."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + " " * hanging,
        break_long_words=False,  # a path or a command stays whole, to be copied
        break_on_hyphens=False,
    )
