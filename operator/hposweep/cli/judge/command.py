"""The whole of `hposweep judge`: load, judge, print."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

from hposweep.api.wire import to_wire
from hposweep.cli.judge.judgement import Judgement, judgement
from hposweep.cli.judge.load import JudgeInput, load_trials
from hposweep.cli.judge.options import JudgeOptions
from hposweep.cli.judge.table import lines
from hposweep.cli.output import print_text
from hposweep.cli.require import EXIT_NOT_REACHED, is_reached
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.validate.output import as_text
from hposweep.cli.validate.report import SweepReport

EXIT_JUDGED, EXIT_UNREADABLE = 0, 2


def judge_trials(options: JudgeOptions) -> int:
    """Return the exit code."""
    try:
        judge_input = load_trials(options)
    except RefusedInputError as error:
        for fault in error.faults:
            sys.stderr.write(f"hposweep judge: {fault}\n")
        return EXIT_UNREADABLE
    if judge_input.errors:
        name = judge_input.sweep.name
        sys.stderr.write(f"the operator would reject this sweep:\n{as_text([SweepReport(name, judge_input.errors)])}")
    for sentence in judge_input.notices:
        sys.stderr.write(f"hposweep judge: {sentence}\n")
    has_ended = _has_ended(options, judge_input)
    result = judgement(judge_input, _now(judge_input), has_ended=has_ended)
    if options.is_json:
        print_text(f"{_json(result)}\n")
    else:
        print_text("\n".join((*lines(judge_input.sweep, result, has_ended=has_ended), "")))
    return EXIT_JUDGED if is_reached(options.require, result.success) else EXIT_NOT_REACHED


def _has_ended(options: JudgeOptions, judge_input: JudgeInput) -> bool:
    """Whether to judge as at the end: yes, unless a trial is RUNNING or the user says otherwise."""
    return options.ended or not (options.running or judge_input.history.running)


def _now(judge_input: JudgeInput) -> datetime:
    """Return the time of judgement: the last completion in a file, the current time for a database."""
    ends = [trial.completed for trial in judge_input.history.trials if trial.completed is not None]
    return max(ends, default=datetime.now(UTC)) if judge_input.study.id == 0 else datetime.now(UTC)


def _json(result: Judgement) -> str:
    """Return all keys; those without a value are null."""
    names = ("verdict", "success", "decisions", "stopWhen", "health", "trials", "best", "eta", "baseline")
    keys = dict.fromkeys(names)
    return json.dumps({**keys, **to_wire(result)}, indent=2, default=str)
