"""Patterns that map an exception, or the last lines of a program's output, to a failure class. Pure.

`classify` calls them. Types are compared by name, because the supervisor must not import torch to know its exceptions.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Sequence

from hpotrial import protocol
from hpotrial.protocol.messages import Raised

OUT_OF_MEMORY_TYPES = {"MemoryError", "OutOfMemoryError", "ResourceExhaustedError"}
IMPORT_TYPES = {"ImportError", "ModuleNotFoundError"}
MISSING_TYPES = {"FileNotFoundError", "NotADirectoryError"}
# Libraries raise RuntimeError, or abort the process, and only the message shows the cause.
OUT_OF_MEMORY_WORDS = re.compile(
    r"(?:CUDA|HIP|XPU|MPS backend) out of memory|CUDA error: out of memory|cudaErrorMemoryAllocation"
    r"|CU(?:BLAS|DNN|SPARSE|SOLVER|FFT)_(?:STATUS_)?ALLOC_FAILED|RESOURCE_EXHAUSTED"
    r"|DefaultCPUAllocator: (?:can't allocate|not enough) memory|std::bad_alloc|Cannot allocate memory"
    r"|Unable to allocate [\d.]+ \w?i?B"
)
SHARED_MEMORY_WORDS = re.compile(
    r"\bBus error\b|\bSIGBUS\b|/dev/shm\b|insufficient shared memory|out of shared memory"
    r"|(?:unable to|failed to|could not|Error while) (?:\w+ ){0,3}shared memory"
    r"|unable to (?:write to|open|mmap|resize) (?:\d+ bytes from )?(?:file|shared memory object) </torch_",
    re.IGNORECASE,
)
GPU_WORDS = re.compile(
    r"\b(?:CUDA|HIP) error: |device-side assert|no kernel image is available|\bcudaError[A-Z]\w+"
    r"|\bCU(?:BLAS|DNN|SPARSE|SOLVER|FFT)_(?:STATUS_)?(?!SUCCESS)[A-Z_]+|\bcuDNN error: |\bNCCL error\b"
    r"|\bncclUnhandledCudaError\b|CUDA driver version is insufficient|Found no NVIDIA driver"
)
NO_SPACE = "No space left on device"
# The last line of a Python traceback; other languages that print `SomeError: text` are read as well.
EXCEPTION_LINE = re.compile(r"^(?:[\w.]+\.)?(?P<type>[A-Z]\w*(?:Error|Exception|Exit|Interrupt))(?:: .*)?$")

PRINTED_EXCEPTION = re.compile(r"^(?P<name>[A-Za-z_][\w.]*)(?:: .*)?$")


def class_of_exception(raised: Raised) -> str:
    names = {kind.rpartition(".")[2] for kind in raised.kinds} or {raised.type_name}
    failure_class = _class_of_types(names)
    if failure_class != protocol.OBJECTIVE_ERROR:
        return failure_class
    if OUT_OF_MEMORY_WORDS.search(raised.message):
        return protocol.OUT_OF_MEMORY
    if class_ := _class_of_words(raised.message, is_shared_memory="multiprocessing" in raised.traceback):
        return class_
    # Some libraries open files in C and raise an OSError of their own with the system's message.
    if raised.is_unreadable or ("OSError" in names and "No such file or directory" in raised.message):
        return protocol.DATA_MISSING
    return protocol.OBJECTIVE_ERROR


def class_of_log_tail(tail: str) -> str:
    """Return the class for a program that exited by itself. Its last output tells more than its exit code."""
    if mentions_memory(tail):
        return protocol.OUT_OF_MEMORY
    match = EXCEPTION_LINE.match(last_line(tail))
    failure_class = _class_of_types({match["type"]}) if match else protocol.OBJECTIVE_ERROR
    if failure_class != protocol.OBJECTIVE_ERROR:
        return failure_class
    return _class_of_words(tail) or protocol.OBJECTIVE_ERROR


def _class_of_words(text: str, *, is_shared_memory: bool = False) -> str:
    """Return the class that the words of an error imply; "" when they imply none."""
    if SHARED_MEMORY_WORDS.search(text) or (is_shared_memory and NO_SPACE in text):
        return protocol.SHARED_MEMORY
    return protocol.GPU_ERROR if GPU_WORDS.search(text) else ""


def mentions_shared_memory(text: str) -> bool:
    return SHARED_MEMORY_WORDS.search(text) is not None


def exception_in(tail: str, names: Sequence[str]) -> str:
    """Return the first of these classes that the last exception in a program's output is; an empty text otherwise.

    The output names the class itself, but no base class: only those of Python's own exceptions are known.
    """
    for line in reversed(tail.splitlines()):
        match = PRINTED_EXCEPTION.match(line)
        if match is None:
            continue
        printed = _printed_names(match["name"])
        exception = next((name for name in names if name in printed or name.endswith(f".{match['name']}")), "")
        if exception or EXCEPTION_LINE.match(line):
            return exception
    return ""


def _printed_names(name: str) -> set[str]:
    kind = getattr(builtins, name, None)
    bases = kind.__mro__ if isinstance(kind, type) else ()
    own = {base.__name__ for base in bases}
    return {name, *own, *(f"builtins.{base}" for base in own)}


def mentions_memory(text: str) -> bool:
    return OUT_OF_MEMORY_WORDS.search(text) is not None


def last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def _class_of_types(names: Iterable[str]) -> str:
    types = set(names)
    if types & OUT_OF_MEMORY_TYPES:
        return protocol.OUT_OF_MEMORY
    if types & IMPORT_TYPES:
        return protocol.IMPORT_ERROR
    if types & MISSING_TYPES:
        return protocol.DATA_MISSING
    return protocol.OBJECTIVE_ERROR
