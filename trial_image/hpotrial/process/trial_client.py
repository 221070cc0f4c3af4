"""How the trial's code reaches the real trial: over the pipe, directly in the worker's process, or from a copy.

`trial_proxy`, `study_proxy` and `storage_proxy` call a client; `child` and `inline_trial` create it. A client is
pickled as a copy of the trial. In the trial's own process, and in one that was forked from it, unpickling returns the
running client, so that `copy.deepcopy`, `pickle` and pools of forked processes work as in plain Optuna. In any other
process the copy can be read, and refuses the rest with a sentence.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, Protocol

from optuna.trial import FrozenTrial

from hpotrial.protocol.messages import Call, CallbacksCalled, EndRecorded, Refusal, Reply, TrialEnd, TrialFacts

# Read from memory, so that a process which was forked from a worker (`isolation: None`) may call them as well.
READS = frozenset({"params", "distributions", "user_attrs", "datetime_start"})


class Client(Protocol):
    """Calls the real trial, its study and its storage by name."""

    @property
    def facts(self) -> TrialFacts: ...

    def call(self, name: str, *arguments: Any, **keywords: Any) -> Any: ...


class PipeClient:
    """One call at a time over the pipe, from any thread and from any process that was forked from the trial's.

    A lock between the processes keeps calls apart. A reply bears the id of its call, because a process may be killed
    between its call and the reply. A signal handler may interrupt its own thread within a call: then it is refused,
    because the lock would never be free.
    """

    def __init__(self, connection: Connection[Any, Any], facts: TrialFacts) -> None:
        self.facts = facts
        self._connection = connection
        self._count = itertools.count(1)
        # A POSIX lock on a file in memory: the kernel releases it when its process dies.
        self._holder: int | None = None  # the thread that has the lock
        self._lock_file = os.memfd_create("hpotrial-calls")
        self._renew_thread_lock()
        os.register_at_fork(after_in_child=self._renew_thread_lock)

    def call(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        with self._locked():
            call = Call(name, arguments, keywords, (os.getpid(), next(self._count)))
            self._connection.send(call)
            reply = self._connection.recv()
            while reply.call != call.id:
                reply = self._connection.recv()
        return _value(reply)

    def send(self, message: TrialEnd | CallbacksCalled) -> None:
        with self._locked():
            self._connection.send(message)

    def wait_for_record(self) -> bool:
        """Wait until the trial's end is in the study. False when the worker wants nothing more of this process."""
        with self._locked(), suppress(EOFError, OSError):
            while not isinstance(self._connection.recv(), EndRecorded):
                continue  # the reply to a call whose process was killed
            return True
        return False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if self._holder == threading.get_ident():
            raise RuntimeError(
                "the trial was called in a signal handler or finalizer that had interrupted another call of the trial. "
                "Set a flag there, and call the trial in the objective"
            )
        with self._thread_lock, self._held():
            fcntl.lockf(self._lock_file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._lock_file, fcntl.LOCK_UN)

    @contextmanager
    def _held(self) -> Iterator[None]:
        self._holder = threading.get_ident()
        try:
            yield
        finally:
            self._holder = None

    def _renew_thread_lock(self) -> None:
        """Replace the lock between threads, which another thread may have held while this process was forked."""
        self._thread_lock = threading.Lock()
        self._holder = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _reduce(self)


class DirectClient:
    """Calls in the worker's own process (`isolation: None`). `end` makes later calls fail with a sentence.

    One call at a time, because the trial, the sampler and the connection belong to no thread.
    """

    def __init__(self, answer: Callable[[Call], Reply | Refusal], facts: TrialFacts) -> None:
        self.facts = facts
        self._answer = answer
        self._pid = os.getpid()
        self._has_ended = False
        self._lock = threading.RLock()  # a hook of the user's own sampler may call the trial

    def call(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        if os.getpid() != self._pid:
            return self._call_in_fork(name, arguments, keywords)
        with self._lock:
            if self._has_ended:
                raise RuntimeError(f"trial {self.facts.number} has ended: `{name}` is not available any more. {ADVICE}")
            return _value(self._answer(Call(name, arguments, keywords)))

    def _call_in_fork(self, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Answer from memory and without the lock, which another thread may have held while this process was forked."""
        if name not in READS:
            raise RuntimeError(
                f"`{name}` is not available in a process that was forked from a trial with `workers.isolation: None`, "
                "because it would share the worker's database connection. Use `isolation: Process`, or call the trial "
                "in the process of the objective"
            )
        return _value(self._answer(Call(name, arguments, keywords)))

    def end(self) -> None:
        """End the trial for its code, once a call of another thread is answered."""
        with self._lock:
            self._has_ended = True

    def __reduce__(self) -> tuple[Any, ...]:
        return _reduce(self)


class CopyClient:
    """The client of a trial that was pickled into another process, or that has ended: it can be read only."""

    def __init__(self, facts: TrialFacts, copy: FrozenTrial) -> None:
        self.facts, self._copy = facts, copy

    def call(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        is_own = name == "storage.get_trial" and arguments[:1] == (self.facts.trial_id,)
        if is_own:
            return self._copy
        if name.startswith("suggest_") and arguments and arguments[0] in self._copy.params:
            return self._copy.params[arguments[0]]
        if name in READS or name == "constraints":
            return getattr(self._copy, name)
        raise RuntimeError(
            f"trial {self.facts.number}: `{name}` is not available on a copy of the trial in a process that was not "
            f"forked from its own, or after its end. {ADVICE}"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return restore, (self.facts, self._copy)


ADVICE = "Call the trial in the objective while it runs, and pass plain values such as `trial.params` to other code"

_running: Client | None = None


def set_running(client: Client | None) -> None:
    """Make this the client of the trial that this process runs, or none."""
    global _running
    _running = client


def restore(facts: TrialFacts, copy: FrozenTrial) -> Client:
    """Return the client of an unpickled trial: the running one when this process runs that trial."""
    is_running = _running is not None and _running.facts == facts
    return _running if is_running and _running is not None else CopyClient(facts, copy)


def _reduce(client: Client) -> tuple[Any, ...]:
    return restore, (client.facts, client.call("storage.get_trial", client.facts.trial_id))


def _value(reply: Reply | Refusal) -> Any:
    if isinstance(reply, Reply):
        return reply.value
    raise reply.exception
