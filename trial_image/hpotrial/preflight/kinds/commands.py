"""`spec.preflight.commands`: a program of the user's ends with exit code 0. Its last lines are the finding."""

from __future__ import annotations

import collections
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from hpotrial.preflight.check import Check, CheckContext, CheckKind, CheckResult, Deadline, failure, success

TAIL_LINES, TAIL_CHARACTERS, LINE_BYTES = 8, 400, 4096


def checks(context: CheckContext) -> Iterator[Check]:
    for field, arguments in context.entries("commands"):
        run = partial(_check, arguments, context.config.source_path)
        yield Check(KIND.name, shlex.join(arguments), field, run)


def _check(arguments: list[str], folder: str | None, deadline: Deadline) -> CheckResult:
    """Run the program in the folder of the objective's code, and forward its output to the log."""
    try:
        program = subprocess.Popen(
            arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except OSError as error:
        return failure(
            f"`{arguments[0]}` cannot be started: {error.strerror}. Install it in the image", "", "exit code 0"
        )
    lines: collections.deque[str] = collections.deque(maxlen=TAIL_LINES)
    output = program.stdout
    while output is not None and (line := output.readline(LINE_BYTES)):
        text = line.decode(errors="replace")
        sys.stdout.write(text)
        lines.append(text.rstrip())
    sys.stdout.flush()
    code = program.wait()
    if code == 0:
        return success("exit code 0", "exit code 0")
    tail = os.linesep.join(line for line in lines if line)[-TAIL_CHARACTERS:]
    value = f"exit code {code}" if code >= 0 else f"signal {-code}"
    return failure(f"ended with {value}. Its last lines: {tail or 'none'}", value, "exit code 0")


KIND = CheckKind("command", checks)
