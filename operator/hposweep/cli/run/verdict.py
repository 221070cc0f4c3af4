"""The end of a run: the end of its sweep as `report.glance` words it, files, the next command and the exit code.

Pure; called by `command`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hposweep.api import conditions as c
from hposweep.api.status import Status
from hposweep.cli.program import program_words
from hposweep.cli.require import EXIT_NOT_REACHED, is_reached
from hposweep.cli.run.format import wrapped
from hposweep.report.glance import glance

EXIT_COMPLETE, EXIT_FAILED, EXIT_REFUSED = 0, 1, 2


def verdict(status: Status, folder: Path, seconds: float, width: int = 80, report_fault: str = "") -> Iterator[str]:
    """Yield the lines that a person reads at the end of a run, of less than `width` columns: the verdict first.

    `report_fault` is a sentence that says why there is no report; empty when there is one.
    """
    yield ""
    yield from glance(status, width - 1, seconds)
    yield f"\n{folder}/"
    if not report_fault:
        yield "  report.html          the verdict and the analysis; report.md is for a wiki"
    yield "  trials.jsonl         all trials, one JSON object per line"
    yield "  status.yaml          the status, as kubectl would print it"
    yield "  logs/                the output of each worker"
    if report_fault:
        yield from ("", *wrapped(report_fault, width))


def next_step(status: Status, command: str, folder: str, file: str, width: int = 80) -> str:
    """Return the next command to type. `command` is the one that runs or continues this sweep."""
    judge = f"{program_words()} judge {file} --trials {folder}/trials.jsonl"
    advice = _advice(status, folder)
    text = advice or "try other criteria on these trials"
    return "\n".join((*wrapped(f"Next: {text}:", width), f"  {command if advice else judge}"))


def _advice(status: Status, folder: str) -> str:
    """Return what to do before the sweep is continued; "" where it is not."""
    healthy, complete = status.condition(c.HEALTHY), status.condition(c.COMPLETE)
    champions = status.condition(c.CHAMPIONS_VALIDATED)
    if any(entry is not None and entry.reason == c.FAILING_IMMEDIATELY for entry in (healthy, champions)):
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
    limits = {c.TIME_REACHED: "budget.activeDeadlineSeconds", c.GPU_BUDGET_REACHED: "budget.gpuSeconds"}
    field = limits.get(reason, "trials.max")
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
