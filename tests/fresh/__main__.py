"""`make fresh`: README's commands in order, as root in a bare Debian, each with its time and its exit status.

ONLY="make try" runs those commands instead, divided by semicolons. The output is long, so that a failure can be read.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence

from tests.fresh import machine, readme

# The commands share one shell, because the cluster's processes end with the machine.
STEP = """\
echo "=== $ {shown}"
began=$SECONDS
{command}
status=$?
echo "=== ended with $status after $((SECONDS - began)) s: {shown}"
[ $status -eq 0 ] || exit $status
"""


def script(commands: Sequence[str]) -> str:
    """Return a bash script that runs the commands and stops at the first that fails."""
    return "".join(STEP.format(command=command, shown=shlex.quote(command)[:200].strip("'")) for command in commands)


def main() -> int:
    only = [command.strip() for command in os.environ.get("ONLY", "").split(";") if command.strip()]
    with machine.new() as fresh, fresh.start(script(only or readme.commands())) as process:
        try:
            for line in process.stdout or ():
                print(line, end="", flush=True)
        except BaseException:
            process.kill()
            raise
        return process.wait()


if __name__ == "__main__":
    sys.exit(main())
