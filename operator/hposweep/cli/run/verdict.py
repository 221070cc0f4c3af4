"""What came of it: conditions, the best trial, where everything lies, and the exit code. Pure; called by `command`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hposweep.api import conditions
from hposweep.api.status import Status
from hposweep.text import number

EXIT_COMPLETE, EXIT_FAILED, EXIT_REFUSED = 0, 1, 2


def verdict(status: Status, folder: Path, seconds: float) -> Iterator[str]:
    """Lines for people."""
    yield ""
    yield f"{status.state} in {seconds:.1f} s: {status.message}"
    for entry in status.conditions:
        if entry.type not in (conditions.SUSPENDED, conditions.WORKERS_READY):
            yield f"  {entry.type:<20} {entry.status:<8} {entry.reason:<18} {entry.message}"
    healthy = status.condition(conditions.HEALTHY)
    if healthy is not None and healthy.reason == conditions.FAILING_IMMEDIATELY:
        yield "\nHere that means: mend the cause, and run the same command again; it goes on with the same study."
    if status.best is not None:
        values = ", ".join(f"{name} {value:.6g}" for name, value in status.best.values.items())
        yield f"\nBest trial {status.best.trial}: {values}"
        for name, value in sorted(status.best.params.items()):
            yield f"  {name:<20} {number(value)}"
    yield f"\n{folder}/"
    yield "  trials.jsonl         every trial: number, state, params, values, seconds, attributes"
    yield "  status.yaml          the status, as kubectl would show it"
    yield "  logs/                what each worker printed"


def how_to_go_on(status: Status) -> str:
    """For a run that found nothing left to do."""
    complete = status.condition(conditions.COMPLETE)
    reason = complete.reason if complete is not None and complete.is_true else ""
    if reason == conditions.STOPPED_BY_DECISION:
        return "a decision that was made stays; another --out searches anew"
    field = "budget.activeDeadlineSeconds" if reason == conditions.TIME_REACHED else "trials.max"
    return f"a larger `spec.{field}` goes on with it"


def exit_code(status: Status, stop_code: int) -> int:
    """`stop_code` is that of whoever asked to stop."""
    failed, complete = status.condition(conditions.FAILED), status.condition(conditions.COMPLETE)
    if failed is not None and failed.is_true:
        return EXIT_REFUSED if failed.reason == conditions.INVALID_SPEC else EXIT_FAILED
    if complete is not None and complete.is_true:
        return stop_code if complete.reason == conditions.STOPPED_BY_USER else EXIT_COMPLETE
    return EXIT_FAILED  # nothing more can come of it, and nothing has ended it
