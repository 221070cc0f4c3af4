"""Build a sampler or pruner of the user's own, by `package.module:Class` and options.

Only workers call it, because the operator must not run a user's code.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


def make(
    field: str, reference: str, options: Mapping[str, Any], base: type[T], seed: int | None, source_path: str | None
) -> T:
    """Create the object; every failure is a ValueError that names the field. A constructor with a seed gets it."""
    target = _load(f"{field}.class", reference, base, source_path)
    arguments = dict(options)
    if "seed" in arguments:
        raise ValueError(f"{field}.options: `seed` is not an option. Set {field}.seed instead")
    if seed is not None:
        if not takes_seed(target):
            raise ValueError(f"{field}.seed: {reference} takes no seed. Remove it")
        arguments["seed"] = seed
    try:
        return target(**arguments)
    except Exception as error:
        raise ValueError(
            f"{field}.class: {reference}({_format_arguments(arguments)}) raised {_describe(error)}"
        ) from error


def takes_seed(target: type) -> bool:
    """Return whether the constructor takes a seed, or passes keywords to a parent that does."""
    parameters = inspect.signature(target).parameters
    forwards = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())
    return "seed" in parameters or (forwards and any(takes_seed(b) for b in target.__bases__ if b is not object))


def _load(field: str, reference: str, base: type[T], source_path: str | None) -> type[T]:
    module_name, _, class_name = reference.partition(":")
    if not all(part.isidentifier() for part in [*module_name.split("."), *class_name.split(".")]):
        raise ValueError(f"{field}: is `{reference}`, must have the form `package.module:Class`")
    try:
        with _first_on_path(source_path):
            member: Any = importlib.import_module(module_name)
        for name in class_name.split("."):
            member = getattr(member, name)
    except AttributeError as error:
        raise ValueError(f"{field}: `{module_name}` has no `{class_name}`") from error
    except BaseException as error:  # because a module may call sys.exit
        raise ValueError(f"{field}: importing `{module_name}` raised {_describe(error)}") from error
    if not inspect.isclass(member) or not issubclass(member, base):
        raise ValueError(f"{field}: `{reference}` is not a class derived from optuna's {base.__name__}")
    if inspect.isabstract(member):
        missing = ", ".join(sorted(getattr(member, "__abstractmethods__", ())))
        raise ValueError(f"{field}: `{reference}` does not define {missing}")
    return member


@contextmanager
def _first_on_path(folder: str | None) -> Iterator[None]:
    """Put the folder first on the path while the user's module is imported, afterwards last.

    This is the supervisor's process, so a `signal.py` of the user's must not hide the standard library's later.
    """
    if not folder:
        yield
        return
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)
        if folder not in sys.path:
            sys.path.append(folder)


def _format_arguments(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def _describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ").rstrip(": ")
