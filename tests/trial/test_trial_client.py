"""Calls of the trial from threads, from signal handlers and from forked processes."""

from __future__ import annotations

import os
import threading
from typing import Any

import optuna
import pytest

from hpotrial.lifecycle.trial_server import answer
from hpotrial.process.trial_client import DirectClient, PipeClient
from hpotrial.protocol.messages import Call, Refusal, Reply, TrialFacts

FACTS = TrialFacts(number=0, trial_id=1, study_id=1, study_name="study", directions=("MINIMIZE",))


def test_a_call_within_a_call_of_the_same_thread_is_refused() -> None:
    """As by a signal handler; it would wait for itself."""

    class Interrupted:
        def send(self, call: Call) -> None:
            self.sent = call
            client.call("should_prune")

    client = PipeClient(Interrupted(), FACTS)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="the trial was called in a signal handler"):
        client.call("params")


def test_a_thread_is_answered_before_the_trial_ends_for_its_code() -> None:
    asked, may_answer = threading.Event(), threading.Event()
    order: list[str] = []

    def slowly(call: Call) -> Reply:
        asked.set()
        may_answer.wait(30)
        order.append(call.name)
        return Reply(None)

    client = DirectClient(slowly, FACTS)
    caller = threading.Thread(target=client.call, args=("report",))
    caller.start()
    assert asked.wait(30)
    ender = threading.Thread(target=lambda: (client.end(), order.append("end")))
    ender.start()
    may_answer.set()
    caller.join(30)
    ender.join(30)
    assert order == ["report", "end"]


def test_a_forked_process_reads_while_a_thread_of_its_parent_has_the_lock() -> None:
    client = DirectClient(lambda call: Reply({"x": 1.0}), FACTS)
    with client._lock:
        pid = os.fork()
        if pid == 0:
            reader = threading.Thread(target=client.call, args=("params",), daemon=True)
            reader.start()
            reader.join(10)
            os._exit(1 if reader.is_alive() else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_code_in_the_workers_process_gets_its_own_exceptions() -> None:
    class LateError(Exception):
        """A class that cannot be pickled, raised by a signal handler within the call."""

    class Sampler(optuna.samplers.RandomSampler):
        def sample_independent(self, *arguments: Any) -> Any:
            raise LateError("after 30 s")

    trial = optuna.create_study(sampler=Sampler()).ask()
    call = Call("suggest_float", ("x", 0.0, 1.0))
    for is_local, kind in ((True, LateError), (False, RuntimeError)):
        refusal = answer(trial, call, is_local=is_local)
        assert isinstance(refusal, Refusal)
        assert type(refusal.exception) is kind
