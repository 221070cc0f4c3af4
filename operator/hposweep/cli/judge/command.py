"""The whole of `hposweep judge`: load, judge, print."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime

from hposweep.api.wire import to_wire
from hposweep.cli.judge.judgement import Judgement, judgement
from hposweep.cli.judge.load import JudgeInput, load_trials
from hposweep.cli.judge.table import lines
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.validate.output import as_text
from hposweep.cli.validate.report import SweepReport

EXIT_JUDGED, EXIT_UNREADABLE = 0, 2


def judge_trials(arguments: argparse.Namespace) -> int:
    """Return the exit code."""
    try:
        judge_input = load_trials(arguments)
    except RefusedInputError as error:
        for fault in error.faults:
            sys.stderr.write(f"hposweep judge: {fault}\n")
        return EXIT_UNREADABLE
    if judge_input.errors:
        name = judge_input.sweep.name
        sys.stderr.write(f"the operator would reject this sweep:\n{as_text([SweepReport(name, judge_input.errors)])}")
    has_ended = _has_ended(arguments, judge_input)
    result = judgement(judge_input, _now(judge_input), has_ended=has_ended)
    if arguments.output == "json":
        _print(_json(result))
    else:
        _print("\n".join(lines(judge_input.sweep.name, result, has_ended=has_ended)))
    return EXIT_JUDGED


def _print(text: str) -> None:
    """Print; a reader such as `head` that closes the pipe is not an error."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # otherwise Python reports an error at exit


def _has_ended(arguments: argparse.Namespace, judge_input: JudgeInput) -> bool:
    """Whether to judge as at the end: yes, unless a trial is RUNNING or the user says otherwise."""
    return bool(arguments.ended) or not (arguments.running or judge_input.history.running)


def _now(judge_input: JudgeInput) -> datetime:
    """Return the time of judgement: the last completion in a file, the current time for a database."""
    ends = [trial.completed for trial in judge_input.history.trials if trial.completed is not None]
    return max(ends, default=datetime.now(UTC)) if judge_input.study.id == 0 else datetime.now(UTC)


def _json(result: Judgement) -> str:
    """Return all keys; those without a value are null."""
    keys = dict.fromkeys(("verdict", "success", "decisions", "health", "trials", "best", "eta", "baseline"))
    return json.dumps({**keys, **to_wire(result)}, indent=2, default=str)
