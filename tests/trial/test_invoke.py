"""A call of the objective ends in one way or another, and never raises what the user's code raised."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.study import StudyDirection

from hpotrial import protocol, report
from hpotrial.failures import patterns
from hpotrial.failures.classify import classify
from hpotrial.objective import exceptions
from hpotrial.objective.invoke import call
from hpotrial.process.trial_client import DirectClient
from hpotrial.process.trial_proxy import TrialProxy
from hpotrial.protocol.messages import Pruned, Raised, Reply, Returned, ReturnedInvalid, TrialFacts

FACTS = TrialFacts(number=0, trial_id=1, study_id=1, study_name="study", directions=("MINIMIZE",))


def raised(error: BaseException) -> Raised:
    def objective(trial: Any) -> float:
        raise error

    end = call(objective, None)
    assert isinstance(end, Raised)
    return end


def failure_class(end: Any, **more: Any) -> str:
    return classify(end, [StudyDirection.MINIMIZE], **more).failure_class


@pytest.mark.parametrize("result", [1.5, np.float32(1.5), "1.5e0", True])
def test_whatever_becomes_a_float_is_a_number(result: Any) -> None:
    assert call(lambda trial: result, None) == Returned((float(result),))


def test_several_values() -> None:
    assert call(lambda trial: (1, 10**400), None) == Returned((1.0, float("inf")))
    end = call(lambda trial: list(range(1000)), None)
    assert end == ReturnedInvalid("the objective returned a list of 1000 values")


def test_an_object_that_cannot_even_be_shown() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise ValueError("no")

    end = call(lambda trial: Shy(), None)
    assert end == ReturnedInvalid("the objective returned an object that cannot be shown (Shy), which is not a number")


class Tensor:
    """As one of torch that has two elements."""

    def __float__(self) -> float:
        raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")

    def __repr__(self) -> str:
        return "tensor([1, 2])"


async def coroutine(trial: Any) -> float:
    return 1.0


def generator(trial: Any) -> Any:
    yield 1.0


@pytest.mark.parametrize(
    ("objective", "reason"),
    [
        (lambda trial: Tensor(), "a number (RuntimeError: a Tensor with 2 elements cannot be converted to Scalar)"),
        (coroutine, "because it is an `async def`: call it by `asyncio.run` in a function of its own"),
        (generator, "because it has a `yield`: return the value instead"),
    ],
)
def test_a_result_that_is_no_number_is_told_with_its_reason(objective: Any, reason: str) -> None:
    end = call(objective, None)
    assert isinstance(end, ReturnedInvalid)
    assert end.sentence.endswith(reason)


def test_a_group_of_exceptions_names_its_members() -> None:
    end = raised(ExceptionGroup("in a task group", [MemoryError("8 GB"), ValueError("lr")]))
    assert end.message == "in a task group (2 sub-exceptions); MemoryError: 8 GB; ValueError: lr"
    assert failure_class(end) == protocol.OUT_OF_MEMORY


def test_an_exception_that_raises_when_it_is_described() -> None:
    class GuardedError(Exception):
        def __getattribute__(self, name: str) -> Any:
            if name == "__cause__":
                raise RuntimeError("hands off")
            return super().__getattribute__(name)

    end = raised(GuardedError("boom"))
    assert (end.type_name, end.message) == ("GuardedError", "(it cannot be described: RuntimeError: hands off)")
    assert failure_class(end) == protocol.OBJECTIVE_ERROR


def test_with_a_real_trial_it_is_the_same() -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(pruner=optuna.pruners.ThresholdPruner(upper=1.0))

    def objective(trial: optuna.Trial) -> float:
        x = trial.suggest_float("x", 2, 2)
        report(trial, 0.5, 0)
        report(trial, x, 1)
        return x

    trial = study.ask()
    assert call(objective, trial) == Pruned()
    assert study.trials[0].intermediate_values == {0: 0.5, 1: 2.0}


def test_the_workers_own_exceptions_pass() -> None:
    class FencedError(Exception):
        pass

    def objective(trial: Any) -> float:
        raise FencedError

    with pytest.raises(FencedError):
        call(objective, None, let_through=(FencedError,))


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_nothing_else_passes(error: BaseException) -> None:
    assert raised(error).type_name == type(error).__name__


def test_the_traceback_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    raised(ValueError("batch is empty"))
    assert "ValueError: batch is empty" in capsys.readouterr().err


def test_the_place_is_the_innermost_line_of_the_users_own() -> None:
    def objective(trial: Any) -> float:
        return float(Path("/nowhere").read_text())  # the exception comes from the standard library

    end = call(objective, None)
    assert isinstance(end, Raised)
    line = objective.__code__.co_firstlineno + 1
    assert end.place == f"tests/trial/test_invoke.py:{line}"
    assert failure_class(end) == protocol.DATA_MISSING


def test_a_frame_of_the_worker_is_never_the_place() -> None:
    """The user's line is the place also when the exception is raised in another package of the worker."""

    def objective(trial: Any) -> float:
        TrialProxy(DirectClient(lambda call: Reply(None), FACTS)).report("much", 0)  # type: ignore[arg-type]
        return 0.0

    end = call(objective, None)
    assert isinstance(end, Raised)
    line = objective.__code__.co_firstlineno + 1
    assert end.place == f"tests/trial/test_invoke.py:{line}"


def test_bytes_in_a_file_name_are_printable() -> None:
    end = raised(ValueError(os.fsdecode(b"/data/\xff")))
    assert end.message == r"/data/\udcff"
    end.traceback.encode()


class OutOfMemoryError(RuntimeError):
    """As torch has it."""


def from_cause(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def within(error: Exception, context: Exception) -> Exception:
    error.__context__ = context
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), "OutOfMemory"),
        (np.linalg.LinAlgError("singular"), "ObjectiveError"),
        (OutOfMemoryError("of some kind"), "OutOfMemory"),
        (RuntimeError("CUDA out of memory. Tried to allocate"), "OutOfMemory"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), "OutOfMemory"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), "OutOfMemory"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), "OutOfMemory"),
        (OSError(12, "Cannot allocate memory"), "OutOfMemory"),
        (from_cause(ValueError("step failed"), MemoryError()), "OutOfMemory"),
        (ModuleNotFoundError("No module named 'x'"), "ImportError"),
        (ImportError("cannot import name 'x'"), "ImportError"),
        (from_cause(RuntimeError("no backend"), ImportError("x")), "ImportError"),
        (within(RuntimeError("pip install x"), ImportError("x")), "ImportError"),
        (FileNotFoundError(2, "No such file or directory", "/x"), "DataMissing"),
        (NotADirectoryError(20, "Not a directory", "/x/y"), "DataMissing"),
        (OSError("Unable to open file (errno = 2, error message = 'No such file or directory')"), "DataMissing"),
        (from_cause(RuntimeError("no data"), FileNotFoundError()), "DataMissing"),
        # Its handler went on with something else, which failed for a reason of its own.
        (within(ValueError("bad shape"), FileNotFoundError()), "ObjectiveError"),
        (PermissionError(13, "Permission denied", "/nowhere"), "DataMissing"),
        (PermissionError(13, "Permission denied", "/"), "ObjectiveError"),  # it can be read: this was a write
        (KeyError("lr"), "ObjectiveError"),
        (AssertionError(), "ObjectiveError"),
    ],
)
def test_exceptions_have_classes(error: Exception, expected: str) -> None:
    assert failure_class(raised(error)) == expected


@pytest.mark.parametrize(
    ("error", "names", "name"),
    [
        (ConnectionRefusedError(), ["ValueError", "ConnectionError"], "ConnectionError"),
        (ConnectionRefusedError(), ["builtins.OSError"], "builtins.OSError"),
        (json.JSONDecodeError("bad", "", 0), ["json.JSONDecodeError"], "json.JSONDecodeError"),  # json.decoder's own
        (json.JSONDecodeError("bad", "", 0), ["json.decoder.JSONDecodeError"], "json.decoder.JSONDecodeError"),
        (TimeoutError(), ["socket.timeout"], "socket.timeout"),  # another name of the same class
        (OSError(), ["IOError"], "IOError"),
        (SystemExit(3), ["SystemExit"], "SystemExit"),
        (ValueError(), ["JSONDecodeError", "no.such.module.Error", "json.loads", "os", "json..x", ""], ""),
    ],
)
def test_an_exception_matches_its_class_and_its_bases(error: BaseException, names: list[str], name: str) -> None:
    assert exceptions.matching(error, names) == name


@pytest.mark.parametrize(
    ("tail", "names", "name"),
    [
        ("epoch 1\nrequests.exceptions.ConnectionError: no route\n", ["requests.exceptions.ConnectionError"], True),
        ("ConnectionRefusedError: [Errno 111]", ["ConnectionError"], True),  # Python's own, with its bases
        ("Flaky: of the script itself", ["train.Flaky"], True),
        ("ValueError: two\nlines", ["ValueError"], True),
        ("torch.cuda.Busy", ["torch.cuda.Busy"], True),
        ("OSError: first\nDuring handling\nKeyError: 'x'", ["OSError"], False),
        ("  ValueError: indented", ["ValueError"], False),
        ("", ["ValueError"], False),
    ],
)
def test_the_exception_that_a_program_printed_matches(tail: str, names: list[str], name: bool) -> None:
    assert patterns.exception_in(tail, names) == (names[0] if name else "")


def test_a_chain_may_be_a_circle() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert "builtins.ValueError" in raised(first).kinds


def test_whoever_fell_over_a_helper_without_memory_ran_out_of_memory() -> None:
    end = raised(RuntimeError("DataLoader worker (pid 7) is killed by signal: Killed."))
    assert failure_class(end) == "ObjectiveError"
    assert failure_class(end, is_oom_killed=True) == "OutOfMemory"
    assert failure_class(raised(ImportError("x")), is_oom_killed=True) == "ImportError"
