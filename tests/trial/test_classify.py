"""From the end of a process to what the study is told."""

from __future__ import annotations

import math
from typing import Any

import pytest
from optuna.study import StudyDirection
from optuna.trial import TrialState

from hpotrial import protocol
from hpotrial.failures.classify import classify
from hpotrial.protocol.messages import (
    Exited,
    ObjectiveLoaded,
    ObjectiveMissing,
    ProcessDied,
    Pruned,
    Raised,
    Returned,
    ReturnedInvalid,
    TimedOut,
    TrialEnd,
)

MINIMIZE, MAXIMIZE = StudyDirection.MINIMIZE, StudyDirection.MAXIMIZE


def test_numbers_complete_a_trial() -> None:
    assert classify(Returned((1.0, 2.0)), [MINIMIZE, MAXIMIZE]).values == (1.0, 2.0)


def test_infinitely_bad_is_a_value_as_in_optuna() -> None:
    assert classify(Returned((math.inf,)), [MINIMIZE]).state == TrialState.COMPLETE
    assert classify(Returned((-math.inf,)), [MAXIMIZE]).state == TrialState.COMPLETE


def test_pruned_has_no_class() -> None:
    assert classify(Pruned(), [MINIMIZE]).failure_class == ""


@pytest.mark.parametrize(
    ("end", "failure_class", "sentence"),
    [
        (Returned((math.nan,)), "NotFinite", "the objective returned NaN"),
        (Returned((-math.inf,)), "NotFinite", "the objective returned -inf, which no other trial could beat"),
        (Returned((1.0, 2.0)), "ObjectiveError", "the objective returned 2 values, the study has 1"),
        (Returned(()), "ObjectiveError", "the objective returned 0 values, the study has 1"),
        (ReturnedInvalid("the objective returned None"), "ObjectiveError", "the objective returned None"),
        (Raised("ValueError", "empty", ""), "ObjectiveError", "ValueError: empty"),
        (ProcessDied(-9), "Crashed", "the process was killed by SIGKILL"),
        (ProcessDied(-99), "Crashed", "the process was killed by signal 99"),
        (ProcessDied(3), "Crashed", "the process ended with exit code 3 and without a result"),
        (TimedOut(5), "TimedOut", "the trial took longer than trials.timeoutSeconds (5 s) and was killed"),
        (TimedOut(0.5), "TimedOut", "the trial took longer than trials.timeoutSeconds (0.5 s) and was killed"),
        (ObjectiveMissing("no module `train`", is_import=True), "ImportError", "no module `train`"),
        (ObjectiveMissing("`train` has no `f`"), "ObjectiveError", "`train` has no `f`"),
        (ObjectiveLoaded(), "ObjectiveError", "the process was asked to look for the objective only"),
        (Raised("ValueError", "", ""), "ObjectiveError", "ValueError"),
        (Raised("ValueError", "empty", "", place="train.py:3"), "ObjectiveError", "ValueError: empty (train.py:3)"),
        (Raised("E", "one\ntwo", "", place="a.py:1"), "ObjectiveError", "E: one (a.py:1)\ntwo"),
    ],
)
def test_every_other_end_has_a_class_and_a_sentence(end: TrialEnd, failure_class: str, sentence: str) -> None:
    verdict = classify(end, [MINIMIZE])
    assert (verdict.state, verdict.values) == (TrialState.FAIL, None)
    assert (verdict.failure_class, verdict.error) == (failure_class, sentence)


def test_sentences_are_bounded_and_keep_the_place() -> None:
    end: Any = Raised("ValueError", "x" * 10_000, "", place="train.py:3")
    error = classify(end, [MINIMIZE]).error
    assert len(error) == 2000
    assert error.endswith("xx (train.py:3)")


def test_the_kernels_kill_is_no_crash() -> None:
    verdict = classify(ProcessDied(-9), [MINIMIZE], is_oom_killed=True)
    assert verdict.failure_class == "OutOfMemory"
    assert verdict.error == "the process was killed by SIGKILL: the kernel ended it for lack of memory"
    assert classify(ProcessDied(-11), [MINIMIZE], is_oom_killed=True).failure_class == "Crashed"


def test_the_last_words_of_a_dead_process_tell_of_memory() -> None:
    tail = "terminate called after throwing an instance of 'std::bad_alloc'"
    verdict = classify(ProcessDied(-6), [MINIMIZE], tail=tail)
    assert verdict.failure_class == "OutOfMemory"
    assert verdict.error == f"the process was killed by SIGABRT: {tail}"


def test_a_failure_has_attributes_and_others_have_none() -> None:
    verdict = classify(Raised("ValueError", "empty", ""), [MINIMIZE], tail="epoch 1\nboom")
    assert verdict.attributes() == {
        protocol.CLASS: "ObjectiveError",
        protocol.ERROR: "ValueError: empty",
        protocol.FINGERPRINT: verdict.fingerprint,
        protocol.LOG_TAIL: "epoch 1\nboom",
    }
    assert classify(Returned((1.0,)), [MINIMIZE], tail="epoch 1").attributes() == {}
    assert classify(Pruned(), [MINIMIZE], tail="epoch 1").attributes() == {}
    assert protocol.LOG_TAIL not in classify(ProcessDied(3), [MINIMIZE]).attributes()


def test_without_captured_output_the_traceback_is_the_tail() -> None:
    text = "\n".join(f"line {number}" for number in range(30))
    assert classify(Raised("ValueError", "empty", text), [MINIMIZE]).log_tail.splitlines()[0] == "line 10"


def test_every_class_is_one_of_the_contracts() -> None:
    for end in (
        ProcessDied(1),
        ProcessDied(-9),
        TimedOut(1),
        ObjectiveMissing(""),
        Returned((math.nan,)),
        Raised("X", "", ""),
    ):
        assert classify(end, [MINIMIZE]).failure_class in protocol.FAILURE_CLASSES


BUS = (
    "DataLoader worker (pid 4242) is killed by signal: Bus error. It is possible that dataloader's workers are out of "
    "shared memory. Please try to raise your shared memory limit."
)


@pytest.mark.parametrize(
    ("message", "failure_class"),
    [
        (BUS, "SharedMemory"),
        ("unable to write to file </torch_42_1>: No space left on device (28)", "SharedMemory"),
        ("unable to open shared memory object </torch_42> in read-write mode", "SharedMemory"),
        (
            "Unexpected bus error encountered in worker. This might be caused by insufficient shared memory",
            "SharedMemory",
        ),
        ("Error while creating shared memory segment /dev/shm/nccl-abc (size 9637888)", "SharedMemory"),
        ("[Errno 28] No space left on device: '/dev/shm/joblib_memmapping'", "SharedMemory"),
        ("CUDA error: device-side assert triggered", "GpuError"),
        ("CUDA error: no kernel image is available for execution on the device", "GpuError"),
        ("HIP error: invalid device function", "GpuError"),
        ("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED", "GpuError"),
        ("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm`", "GpuError"),
        ("CUDA error: out of memory", "OutOfMemory"),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", "OutOfMemory"),
        ("the bus was late", "ObjectiveError"),
        ("No space left on device", "ObjectiveError"),
    ],
)
def test_shared_memory_and_the_gpu_have_classes_of_their_own(message: str, failure_class: str) -> None:
    assert classify(Raised("RuntimeError", message, ""), [MINIMIZE]).failure_class == failure_class
    exited = classify(Exited("python train.py", 1), [MINIMIZE], tail=f"RuntimeError: {message}")
    assert exited.failure_class == failure_class


def test_a_process_that_a_bus_error_ended_names_dev_shm() -> None:
    outcome = classify(ProcessDied(-7), [MINIMIZE])
    assert outcome.failure_class == "SharedMemory"
    assert outcome.error == "the process was killed by SIGBUS: mostly because `/dev/shm` is too small"
    assert classify(Exited("train", -7), [MINIMIZE]).failure_class == "SharedMemory"
    assert classify(Exited("train", 135), [MINIMIZE]).failure_class == "SharedMemory"
    assert classify(ProcessDied(-11), [MINIMIZE]).failure_class == "Crashed"


def test_the_remedies_name_what_to_change() -> None:
    remedies = {entry.name: entry.remedy for entry in protocol.FAILURES}
    assert "`emptyDir` with `medium: Memory` at `/dev/shm`" in remedies["SharedMemory"]
    assert "CUDA_LAUNCH_BLOCKING" in remedies["GpuError"]


def test_a_pruned_trial_keeps_its_reason() -> None:
    outcome = classify(Pruned("not feasible: too much memory"), [MINIMIZE])
    assert outcome.state == TrialState.PRUNED
    assert outcome.attributes() == {protocol.PRUNED_BECAUSE: "not feasible: too much memory"}
    assert classify(Pruned(" "), [MINIMIZE]).attributes() == {}
