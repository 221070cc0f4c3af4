"""The ends of `zoo` that are a matter of processes: signals, memory, output, and what is left behind."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time

import optuna


def do_kill_9(trial: optuna.Trial) -> float:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0.0


def do_segfault(trial: optuna.Trial) -> float:
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0.0


def do_exit_0(trial: optuna.Trial) -> float:
    os._exit(0)


def do_exit_3(trial: optuna.Trial) -> float:
    os._exit(3)


def do_prints_without_newline(trial: optuna.Trial) -> float:
    print("half a line", end="")
    return 1.0


def do_leaves_a_child(trial: optuna.Trial) -> float:
    left = subprocess.Popen(["sleep", "600"])
    trial.set_user_attr("pid", left.pid)
    return 1.0


def do_leaves_a_thread(trial: optuna.Trial) -> float:
    threading.Thread(target=time.sleep, args=(600,)).start()
    return 1.0


def do_silent_child_dies(trial: optuna.Trial) -> float:
    """A helper of the objective dies; the objective does not mind."""
    subprocess.run(["sh", "-c", "kill -9 $$"], check=False)
    return 2.0


def do_looks_for_the_database(trial: optuna.Trial) -> float:
    assert not [name for name, value in os.environ.items() if "postgresql://" in value]
    return 1.0


def do_abort(trial: optuna.Trial) -> float:
    os.abort()


def do_real_segfault(trial: optuna.Trial) -> float:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.string_at(0)
    return 0.0


def do_runs_out_of_memory(trial: optuna.Trial) -> float:
    """Twice what it may have."""
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = limit if limit != resource.RLIM_INFINITY else 2**61
    return float(len(bytearray(2 * allowed)))


def do_aborts_without_memory(trial: optuna.Trial) -> float:
    """As a C++ library does."""
    os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n")
    os.abort()


def do_prints_a_lot(trial: optuna.Trial) -> float:
    line = b"w" * 1023 + b"\n"
    for _ in range(100):
        os.write(1, line * 1024)
    return 1.0


def do_prints_one_long_line(trial: optuna.Trial) -> float:
    for _ in range(100):
        os.write(1, b"y" * 2**20)
    raise ValueError("that was a long line")


def do_prints_a_secret(trial: optuna.Trial) -> float:
    print("progress 1 %\rprogress 100 %")
    print("the password is hunter2")
    raise ValueError("after a secret")


def do_closes_its_output(trial: optuna.Trial) -> float:
    sys.stdout.close()
    sys.stderr.close()
    for descriptor in (1, 2):
        os.closerange(descriptor, descriptor + 1)
    raise ValueError("nobody hears me")


def do_changes_directory(trial: optuna.Trial) -> float:
    os.chdir("/")
    sys.path.clear()
    os.environ.clear()
    return 1.0


def do_forks_a_daemon(trial: optuna.Trial) -> float:
    """A double fork with a session of its own: no group and no parent lead to it any more."""
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(write_end, str(os.getpid()).encode())
            time.sleep(600)
        os._exit(0)
    trial.set_user_attr("pid", int(os.read(read_end, 20)))
    return 1.0


def do_bombs(trial: optuna.Trial) -> float:
    """Three processes, each in a session of its own, that start each other anew as fast as they can."""
    for _ in range(3):
        if os.fork() == 0:
            while True:
                os.setsid()
                if os.fork() > 0:
                    os._exit(0)
                time.sleep(0.02)
    return 1.0


def do_dies_in_the_pipe(trial: optuna.Trial) -> float:
    """Half a message."""
    os.write(trial._client._connection.fileno(), b"\x00\x00\x10\x00half")  # type: ignore[attr-defined]
    os._exit(4)


def do_loops(trial: optuna.Trial) -> float:
    while True:
        time.sleep(0.01)


def do_ignores_sigterm(trial: optuna.Trial) -> float:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    left = subprocess.Popen(["sh", "-c", "trap '' TERM; sleep 600"])
    trial.set_user_attr("pid", left.pid)
    while True:
        time.sleep(0.01)


def do_hangs_in_c(trial: optuna.Trial) -> float:
    ctypes.CDLL(None).sleep(600)
    return 0.0
