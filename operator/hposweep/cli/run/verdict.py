"""The end of a run: the verdict, the best trial, conditions, files, the next command and the exit code.

Pure; called by `command`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hposweep.api import conditions as c
from hposweep.api.conditions import Condition
from hposweep.api.names import tier_condition
from hposweep.api.status import Status, TierStatus
from hposweep.cli.require import EXIT_NOT_REACHED, is_reached
from hposweep.cli.run.format import GLYPHS, wrapped
from hposweep.report.glance import best_trial

EXIT_COMPLETE, EXIT_FAILED, EXIT_REFUSED = 0, 1, 2

INDENT = " " * 4
# The end of a run suspends all workers, and its first line names the end: these only repeat that.
_NEVER_SHOWN = (c.SUSPENDED, c.WORKERS_READY, "Ended")
# Nothing to read: all is well, or the moment has not come.
_QUIET_REASONS = (c.VALID, c.CONNECTED, c.HEALTHY, c.NOT_YET, c.PENDING, c.BUDGET_REACHED)


def verdict(status: Status, folder: Path, seconds: float, width: int = 80) -> Iterator[str]:
    """Yield the lines that a person reads at the end of a run, wrapped at `width` columns: the verdict first."""
    yield ""
    for tier in status.success:
        yield from _tier(tier, width)
    if status.success:
        yield ""
    yield from wrapped(f"{status.state} in {seconds:.1f} s: {status.message}", width)
    yield from best_trial(status)
    entries = _worth_reading(status)
    if entries:
        yield ""
    messages = [status.message]
    for entry in entries:
        yield f"  {entry.type}: {entry.status} ({entry.reason})"
        if news := _without_repetition(entry.message, messages):
            yield from wrapped(f"{INDENT}{news}", width, len(INDENT))
        messages.append(entry.message)
    yield f"\n{folder}/"
    yield "  trials.jsonl         all trials, one JSON object per line"
    yield "  status.yaml          the status, as kubectl would print it"
    yield "  logs/                the output of each worker"


def _tier(tier: TierStatus, width: int) -> Iterator[str]:
    """Yield a tier, and each of its criteria with the numbers that it rests on."""
    yield f"{GLYPHS.get(tier.outcome, '?')} {tier.tier}: {tier.outcome}"
    for entry in tier.criteria:
        yield from wrapped(f"{INDENT}{GLYPHS.get(entry.outcome, '?')} {entry.message}", width, len(INDENT) + 2)


def _worth_reading(status: Status) -> list[Condition]:
    """Return the conditions that say more than the lines above them."""
    tiers = {tier_condition(tier.tier) for tier in status.success}
    return [
        entry
        for entry in status.conditions
        if entry.type not in (*_NEVER_SHOWN, *tiers) and entry.reason not in _QUIET_REASONS
    ]


def _without_repetition(message: str, messages: Sequence[str]) -> str:
    """Return the sentences of `message` that follow those of an earlier one; "" when an earlier one has them all."""
    if any(earlier.startswith(message) for earlier in messages):
        return ""
    beginnings = (f"{earlier} " if earlier.endswith("?") else f"{earlier}. " for earlier in messages)
    repeated = max((text for text in beginnings if message.startswith(text)), key=len, default="")
    return message.removeprefix(repeated)


def next_step(status: Status, command: str, folder: str, file: str, width: int = 80) -> str:
    """Return the next command to type. `command` is the one that runs or continues this sweep."""
    judge = f"hposweep judge {file} --trials {folder}/trials.jsonl"
    advice = _advice(status, folder)
    text = advice or "try other criteria on these trials"
    return "\n".join((*wrapped(f"Next: {text}:", width), f"  {command if advice else judge}"))


def _advice(status: Status, folder: str) -> str:
    """Return what to do before the sweep is continued; "" where it is not."""
    healthy, complete = status.condition(c.HEALTHY), status.condition(c.COMPLETE)
    if healthy is not None and healthy.reason == c.FAILING_IMMEDIATELY:
        return f"read {folder}/logs, fix the cause, then continue the same study"
    failed = status.condition(c.FAILED)
    if failed is not None and failed.is_true and failed.reason in (c.NO_TRIAL_COMPLETED, c.TOO_MANY_FAILED_TRIALS):
        how = how_to_continue(status)
        return f"read {folder}/logs. {how[:1].upper()}{how[1:]}"
    if complete is None or not complete.is_true:
        return f"read {folder}/logs, fix the cause, then continue"
    if complete.reason == c.STOPPED_BY_USER:
        return "continue it"
    return ""


def how_to_continue(status: Status) -> str:
    """Return what to change so that a finished sweep runs more trials."""
    complete = status.condition(c.COMPLETE)
    reason = complete.reason if complete is not None and complete.is_true else ""
    if status.stop_when is not None:
        return f"the rule `spec.{status.stop_when.rule}` that was reached is final; use another --out for a new sweep"
    if reason == c.STOPPED_BY_DECISION:
        return "its decision is final; use another --out to start a new sweep"
    failed = status.condition(c.FAILED)
    if failed is not None and failed.is_true and failed.reason in (c.NO_TRIAL_COMPLETED, c.TOO_MANY_FAILED_TRIALS):
        limit = "max" if failed.reason == c.NO_TRIAL_COMPLETED else "maxFailed"
        return f"fix the cause, then raise `spec.trials.{limit}` to continue it, or use another --out"
    field = "budget.activeDeadlineSeconds" if reason == c.TIME_REACHED else "trials.max"
    return f"raise `spec.{field}` to continue it"


def exit_code(status: Status, stop_code: int, required_tier: str | None = None) -> int:
    """Return the exit code. `stop_code` is that of the signal that stopped the sweep."""
    failed, complete = status.condition(c.FAILED), status.condition(c.COMPLETE)
    if failed is not None and failed.is_true:
        return EXIT_REFUSED if failed.reason == c.INVALID_SPEC else EXIT_FAILED
    if complete is not None and complete.is_true:
        if complete.reason == c.STOPPED_BY_USER:
            return stop_code
        return EXIT_COMPLETE if is_reached(required_tier, status.success) else EXIT_NOT_REACHED
    return EXIT_FAILED  # the sweep cannot make progress, and no end was reached
