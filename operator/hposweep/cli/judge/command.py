"""The whole of `hposweep judge`, in order: take in, judge, tell."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime

from hposweep.api.wire import to_wire
from hposweep.cli.judge.judgement import Judgement, judgement
from hposweep.cli.judge.load import Given, take_in
from hposweep.cli.judge.table import lines
from hposweep.cli.run.errors import RefusedInputError
from hposweep.cli.validate.output import as_text
from hposweep.cli.validate.report import SweepReport

EXIT_JUDGED, EXIT_UNREADABLE = 0, 2


def judge_trials(arguments: argparse.Namespace) -> int:
    """Returns the exit code."""
    try:
        given = take_in(arguments)
    except RefusedInputError as error:
        for fault in error.faults:
            sys.stderr.write(f"hposweep judge: {fault}\n")
        return EXIT_UNREADABLE
    if given.errors:
        name = given.sweep.name
        sys.stderr.write(f"an operator would refuse this sweep:\n{as_text([SweepReport(name, given.errors)])}")
    has_ended = _has_ended(arguments, given)
    found = judgement(given, _now(given), has_ended=has_ended)
    if arguments.output == "json":
        _say(_json(found))
    else:
        _say("\n".join(lines(given.sweep.name, found, has_ended=has_ended)))
    return EXIT_JUDGED


def _say(text: str) -> None:
    """Whoever reads on through `head` has seen enough: that is no error."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains when it ends


def _has_ended(arguments: argparse.Namespace, given: Given) -> bool:
    """People judge last month's study; as long as a trial runs it is none."""
    return bool(arguments.ended) or not (arguments.running or given.history.running)


def _now(given: Given) -> datetime:
    """A file tells of a moment: that of its last finish. A study in a database is looked at now."""
    ends = [trial.completed for trial in given.history.trials if trial.completed is not None]
    return max(ends, default=datetime.now(UTC)) if given.study.id == 0 else datetime.now(UTC)


def _json(found: Judgement) -> str:
    """With null for what there is none of."""
    keys = dict.fromkeys(("success", "decisions", "health", "trials", "best", "eta", "baseline"))
    return json.dumps({**keys, **to_wire(found)}, indent=2, default=str)
