"""Start a program that the kernel ends when its parent process ends, also when the parent is killed.

Called by `cluster.local.pod` (workers) and `database.embedded.server` (PostgreSQL), so that a killed `hposweep run`
leaves no process behind. The module runs as a script between parent and program: it binds itself to the parent, then
replaces itself with the program. It imports only the standard library, so that it costs milliseconds. Linux only, like
the worker.

Not util-linux's `setpriv`: docs/adr/0030 says why.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys
from collections.abc import Sequence

# linux/prctl.h
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 28, 47, 2
# linux/securebits.h. Without it access(2) ignores the capability: programs that ask before they open a file fail.
SECBIT_NO_SETUID_FIXUP = 4
# linux/capability.h: the version with two words of 32 bits in each set.
CAPABILITY_VERSION = 0x20080522
# Each lets a process enter other users' private folders, the first only to read. Containers often have only the second.
CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE = 2, 1


def bound_to_parent(program: Sequence[str], signal_number: int, account: str = "") -> list[str]:
    """Return the command that runs `program` and sends it the signal when the parent ends.

    "Parent" is the thread that starts the command: call it in the main thread. `account` is the user to change to; that
    needs root.
    """
    return [sys.executable, "-I", "-S", __file__, str(int(signal_number)), str(os.getpid()), account, *program]


def main(arguments: Sequence[str]) -> None:
    """Bind this process to its parent, and replace it with the program."""
    signal_number, parent_pid, account, *program = arguments
    libc = ctypes.CDLL(None, use_errno=True)
    if account:
        _change_user(account, libc)
    # After the change of user, because that clears it.
    if libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0) != 0:
        sys.exit("this kernel cannot end a process together with its parent")
    if os.getppid() != int(parent_pid):
        sys.exit("the parent process has ended")  # before the kernel was told
    os.execv(program[0], program)  # noqa: S606  # replacing this process is its purpose


def _change_user(account: str, libc: ctypes.CDLL) -> None:
    """Give up root, except for the capability to enter root's private folders, where program and data may lie."""
    entry = pwd.getpwnam(account)
    capabilities = _permitted_capabilities(libc)
    remainder = next((1 << bit for bit in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if capabilities >> bit & 1), 0)
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    # A container may forbid it; most programs do without.
    libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    # Effective, permitted, inheritable of the lower 32 capabilities, then of the upper ones.
    if libc.capset(header, (ctypes.c_uint32 * 6)(remainder, remainder, remainder, 0, 0, 0)) != 0:
        sys.exit(f"cannot give up root's capabilities: {os.strerror(ctypes.get_errno())}")
    if remainder:
        # The ambient set is what a program of another user than root keeps over `execv`.
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, remainder.bit_length() - 1, 0, 0)


def _permitted_capabilities(libc: ctypes.CDLL) -> int:
    header, sets = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, sets)
    return int(sets[1])


if __name__ == "__main__":
    main(sys.argv[1:])
