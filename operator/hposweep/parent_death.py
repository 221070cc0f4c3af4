"""Start a program that ends when its starter ends, however that ends: the kernel itself tells it.

Used for what a local run starts (`cluster.local`: workers, `database.embedded`: PostgreSQL), so that a killed command
leaves nothing behind. It runs as a script of its own between the two, without any import that costs time: the program
takes its place. Linux only, like the workers' own supervision.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 28, 47, 2
# Without it a right counts when a file is opened, and not when a program first asks whether it may open it.
SECBIT_NO_SETUID_FIXUP = 4
CAPABILITY_VERSION = 0x20080522
# Either lets a process pass through folders of others; the first one only to read. Containers often have the second.
CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE = 2, 1


def bound_to_parent(program: Sequence[str], signal_number: int, account: str = "") -> list[str]:
    """The command to start instead of `program`. The signal comes when the starting *thread* ends: use the main one."""
    return [sys.executable, "-I", "-S", __file__, str(int(signal_number)), str(os.getpid()), account, *program]


def main(arguments: Sequence[str]) -> None:
    signal_number, starter, account, *program = arguments
    libc = ctypes.CDLL(None, use_errno=True)
    if account:
        _become(account, libc)
    # After the change of account, which clears it.
    if libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0) != 0:
        sys.exit("this kernel cannot end a process together with its starter")
    if os.getppid() != int(starter):
        sys.exit("the process that asked for this one has ended")
    os.execv(program[0], program)  # noqa: S606  # the point of it


def _become(account: str, libc: ctypes.CDLL) -> None:
    """Another user than root, who keeps one right: to pass through root's private folders to its program and data."""
    entry = pwd.getpwnam(account)
    held = _permitted(libc)
    kept = next((1 << right for right in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if held >> right & 1), 0)
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    if libc.capset(header, (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0)) != 0:
        sys.exit(f"the rights of root cannot be given up: {os.strerror(ctypes.get_errno())}")
    if kept:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept.bit_length() - 1, 0, 0)


def _permitted(libc: ctypes.CDLL) -> int:
    header, sets = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, sets)
    return int(sets[1])  # effective, permitted, inheritable of the lower 32, then of the upper


if __name__ == "__main__":
    main(sys.argv[1:])
