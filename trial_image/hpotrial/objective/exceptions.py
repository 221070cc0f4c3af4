"""Describe an exception of the user's code in plain values: type, ancestors, place, message.

Called by `invoke` where the exception was caught, because only there its classes exist. `classify`, which may run in
another process, decides what it means.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from hpotrial.protocol.messages import Raised

MESSAGE_CHARACTERS = 2000
TRACEBACK_CHARACTERS = 4000
MAX_CAUSES = 10  # because a chain of exceptions may be circular
LIBRARIES = tuple({str(Path(sysconfig.get_path(name))) + os.sep for name in ("stdlib", "purelib", "platlib")})
OWN_FOLDER = str(Path(__file__).parents[1]) + os.sep
# An exception raised within `except ImportError:` is nearly always about the import. Other handlers do not imply that.
REPORTED_CONTEXTS = (ImportError, MemoryError)


class HookError(RuntimeError):
    """A hook of the user's own sampler or pruner raised; the message names field, hook, error and line."""


def describe(error: BaseException, module: str = "") -> Raised:
    """Describe the exception. `module` is the objective's: its frames are the user's, wherever it is installed."""
    try:
        return _describe(error, module)
    except Exception as problem:  # a class of the user's may raise anything when it is asked for its parts
        sentence = f"(it cannot be described: {type(problem).__name__}: {message(problem)})"
        return Raised(type(error).__name__, sentence, f"{type(error).__name__}: {sentence}", tuple(_kinds(error)))


def _describe(error: BaseException, module: str) -> Raised:
    # The first frame is the worker's.
    frames = error.__traceback__.tb_next if error.__traceback__ else None
    text = "".join(traceback.format_exception(type(error), error, frames))
    return Raised(
        type_name=type(error).__name__,
        message=message(error),
        traceback=_printable(text)[-TRACEBACK_CHARACTERS:],
        kinds=tuple(dict.fromkeys(kind for cause in _causes(error) for kind in _kinds(cause))),
        place=_place(error, module.partition(".")[0]),
        is_unreadable=any(_is_unreadable(cause) for cause in _causes(error)),
    )


def message(error: BaseException) -> str:
    """Return the exception's message, printable and bounded."""
    return _printable(_message(error))[:MESSAGE_CHARACTERS]


def matching(error: BaseException, names: Sequence[str]) -> str:
    """Return the first of these classes that the exception is an instance of, or an empty text.

    A class is named as Python prints it (`requests.exceptions.ConnectionError`), or by another name under which a
    module that is imported has it (`requests.ConnectionError`). A name without a module is one of Python's own.
    """
    kinds = _kinds(error)
    for name in names:
        qualified = name if "." in name else f"builtins.{name}"
        if qualified in kinds or isinstance(error, _loaded_class(qualified)):
            return name
    return ""


def _loaded_class(qualified: str) -> type[BaseException] | tuple[()]:
    """Return the class of that name, without importing anything."""
    parts = qualified.split(".")
    for length in range(len(parts) - 1, 0, -1):
        member: Any = sys.modules.get(".".join(parts[:length]))
        with suppress(Exception):  # a module of the user's may do anything when it is asked for an attribute
            for part in parts[length:]:
                member = getattr(member, part)
            if isinstance(member, type) and issubclass(member, BaseException):
                return member
    return ()


def print_exception(raised: Raised) -> None:
    """Print the traceback to the pod's log. The objective may have closed the stream."""
    try:
        print(raised.traceback, file=sys.stderr, flush=True)
    except (OSError, ValueError, AttributeError):
        return


def _message(error: BaseException) -> str:
    try:
        members = [f"{type(part).__name__}: {_message(part)}" for part in _members(error)]
        return "; ".join([str(error), *members])
    except Exception:
        return "(its message cannot be printed)"


def _members(error: BaseException) -> Sequence[BaseException]:
    """Return the first exceptions of a group, as asyncio's task groups raise it."""
    return error.exceptions[:MAX_CAUSES] if isinstance(error, BaseExceptionGroup) else ()


def _printable(text: str) -> str:
    """Escape bytes of file names that are not text, so that a log and a database accept them."""
    return text.encode(errors="backslashreplace").decode()


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception and those that it was raised from."""
    current: BaseException | None = error
    for _ in range(MAX_CAUSES):
        if current is None:
            return
        yield current
        yield from _members(current)
        context = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or (context if isinstance(context, REPORTED_CONTEXTS) else None)


def _kinds(error: BaseException) -> list[str]:
    return [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__ if kind is not object]


def _is_unreadable(error: BaseException) -> bool:
    if not isinstance(error, PermissionError) or not isinstance(error.filename, (str, bytes)):
        return False
    return not os.access(error.filename, os.R_OK)


def _place(error: BaseException, package: str) -> str:
    """Return the innermost frame that belongs to no library."""
    frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if not _is_of_worker(frame)]
    if not frames:
        return ""
    user_frames = [pair for pair in frames if _is_of_user(pair[0], package)]
    frame, line = (user_frames or frames)[-1]
    return f"{_short(frame.f_code.co_filename)}:{line}"


def _is_of_worker(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(OWN_FOLDER)


def _is_of_user(frame: FrameType, package: str) -> bool:
    file = frame.f_code.co_filename
    if package and str(frame.f_globals.get("__name__")).partition(".")[0] == package:
        return True
    return not file.startswith((*LIBRARIES, "<"))


def _short(file: str) -> str:
    """Shorten the path to the folder on sys.path, which differs between a pod and a developer's machine."""
    roots = [root for root in sys.path if root and file.startswith(root.rstrip(os.sep) + os.sep)]
    return os.path.relpath(file, max(roots, key=len)) if roots else file
