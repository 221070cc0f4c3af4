"""The end of a run: tiers, conditions, the best trial, the files, and the exit code. Pure; called by `command`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hposweep.api import conditions
from hposweep.api.conditions import Condition
from hposweep.api.names import tier_condition
from hposweep.api.status import Status
from hposweep.cli.run.format import wrapped
from hposweep.text import number

EXIT_COMPLETE, EXIT_FAILED, EXIT_REFUSED = 0, 1, 2

INDENT = " " * 4
# The end of a run suspends all workers, so these two only repeat that.
_NOT_SHOWN = (conditions.SUSPENDED, conditions.WORKERS_READY)


def verdict(status: Status, folder: Path, seconds: float, width: int = 80) -> Iterator[str]:
    """Yield the lines that a person reads at the end of a run, wrapped at `width` columns."""
    yield ""
    yield from wrapped(f"{status.state} in {seconds:.1f} s: {status.message}", width)
    for entry in _worth_reading(status):
        yield f"  {entry.type}: {entry.status} ({entry.reason})"
        yield from wrapped(f"{INDENT}{entry.message}", width, len(INDENT))
    healthy = status.condition(conditions.HEALTHY)
    if healthy is not None and healthy.reason == conditions.FAILING_IMMEDIATELY:
        yield "\nFix the cause, then run the same command again. It continues the same study."
    if status.best is not None:
        values = ", ".join(f"{name} {value:.6g}" for name, value in status.best.values.items())
        yield f"\nBest trial {status.best.trial}: {values}"
        for name, value in sorted(status.best.params.items()):
            yield f"  {name:<20} {number(value)}"
    yield f"\n{folder}/"
    yield "  trials.jsonl         all trials, one JSON object per line"
    yield "  status.yaml          the status, as kubectl would print it"
    yield "  logs/                the output of each worker"


def _worth_reading(status: Status) -> Iterator[Condition]:
    """Yield the tiers first, because they are what the sweep was run for."""
    entries = [entry for entry in status.conditions if entry.type not in _NOT_SHOWN]
    tiers = {tier_condition(tier.tier) for tier in status.success}
    yield from (entry for entry in entries if entry.type in tiers)
    yield from (entry for entry in entries if entry.type not in tiers)


def how_to_continue(status: Status) -> str:
    """Return what to change so that a finished sweep runs more trials."""
    complete = status.condition(conditions.COMPLETE)
    reason = complete.reason if complete is not None and complete.is_true else ""
    if status.stop_when is not None:
        return f"the rule `spec.{status.stop_when.rule}` that was reached is final; use another --out for a new sweep"
    if reason == conditions.STOPPED_BY_DECISION:
        return "its decision is final; use another --out to start a new sweep"
    field = "budget.activeDeadlineSeconds" if reason == conditions.TIME_REACHED else "trials.max"
    return f"raise `spec.{field}` to continue it"


def exit_code(status: Status, stop_code: int) -> int:
    """Return the exit code. `stop_code` is that of the signal that stopped the sweep."""
    failed, complete = status.condition(conditions.FAILED), status.condition(conditions.COMPLETE)
    if failed is not None and failed.is_true:
        return EXIT_REFUSED if failed.reason == conditions.INVALID_SPEC else EXIT_FAILED
    if complete is not None and complete.is_true:
        return stop_code if complete.reason == conditions.STOPPED_BY_USER else EXIT_COMPLETE
    return EXIT_FAILED  # the sweep cannot make progress, and no end was reached
