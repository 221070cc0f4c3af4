"""Load the objective that the spec names (`module:function`, or a command) as something to call with a trial.

Called in the process of a trial, and by the worker with `isolation: None`. Every failure is one sentence, because it
becomes the termination message of a pod and a condition of the sweep.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, assert_never

from hpotrial.objective.command.run import Command, CommandNotFoundError
from hpotrial.protocol.config import CommandObjective, Objective, PythonObjective

SHOWN_NAMES = 10


class ObjectiveNotFoundError(Exception):
    """The objective cannot be imported, found or called."""

    def __init__(self, sentence: str, *, is_import: bool = False) -> None:
        super().__init__(sentence)
        self.is_import = is_import


def prepend_source_path(source_path: str | None) -> None:
    """Put the user's files before installed packages of the same name."""
    if source_path and sys.path[:1] != [source_path]:
        sys.path.insert(0, source_path)


def find(objective: Objective, source_path: str | None) -> Callable[[Any], Any]:
    """Return the objective as something to call with a trial. Raises ObjectiveNotFoundError."""
    match objective:
        case PythonObjective():
            return resolve(objective.reference, source_path)
        case CommandObjective():
            return _command(objective, source_path)
        case _:
            assert_never(objective)


def _command(objective: CommandObjective, source_path: str | None) -> Command:
    command = Command(objective.arguments, source_path)
    try:
        command.check()
    except CommandNotFoundError as error:
        raise ObjectiveNotFoundError(str(error)) from error
    return command


def resolve(reference: str, source_path: str | None, subject: str = "objective") -> Callable[..., Any]:
    """Return the function, or the method of a class or of an instance. Raises ObjectiveNotFoundError.

    A method that needs an instance gets one that is created without arguments. `subject` begins the error's sentence.
    """
    module_name, _, attributes = reference.partition(":")
    name = f"{subject} `{reference}`"
    if not all(part.isidentifier() for part in [*module_name.split("."), *attributes.split(".")]):
        raise ObjectiveNotFoundError(f"{name}: must have the form `module:function`, as in `train:objective`")
    prepend_source_path(source_path)
    member: Any = _import(module_name, name, source_path)
    for attribute in attributes.split("."):
        owner, member = member, getattr(member, attribute, None)
        if member is None:
            raise ObjectiveNotFoundError(f"{name}: {_missing_member(owner, attribute)}")
    if inspect.isclass(member):
        raise ObjectiveNotFoundError(
            f"{name}: `{attributes}` is a class; name a function, or an instance that can be called"
        )
    if not callable(member):
        raise ObjectiveNotFoundError(
            f"{name}: `{attributes}` is of type {type(member).__name__}, which cannot be called"
        )
    if inspect.isclass(owner) and inspect.isfunction(inspect.getattr_static(owner, attribute)):
        return getattr(_create(owner, name), attribute)  # type: ignore[no-any-return]
    return member  # type: ignore[no-any-return]


def _create(owner: type, name: str) -> Any:
    """Create the instance of a method that needs one."""
    try:
        return owner()
    except Exception as error:
        raise ObjectiveNotFoundError(
            f"{name}: is a method, and `{owner.__name__}()` raised {type(error).__name__}: {error}. Create an instance "
            "in the module, and name its method"
        ) from error


def _import(module_name: str, name: str, source_path: str | None) -> ModuleType:
    try:
        return importlib.import_module(module_name)
    except BaseException as error:  # because a module may call sys.exit
        if isinstance(error, ModuleNotFoundError) and _is_part_of(error.name, module_name):
            folder = f"{source_path}, " if source_path else ""
            raise ObjectiveNotFoundError(
                f"{name}: no module `{error.name}` in {folder}{Path.cwd()} or the installed packages",
                is_import=True,
            ) from error
        raise ObjectiveNotFoundError(
            f"{name}: importing `{module_name}` raised {type(error).__name__}: {error}",
            is_import=True,
        ) from error


def _is_part_of(missing: str | None, module_name: str) -> bool:
    return missing is not None and (module_name == missing or module_name.startswith(f"{missing}."))


def _missing_member(owner: Any, attribute: str) -> str:
    if not inspect.ismodule(owner):
        return f"`{type(owner).__name__}` has no `{attribute}`"
    names = [
        name
        for name, value in vars(owner).items()
        if callable(value) and not inspect.isclass(value) and getattr(value, "__module__", None) == owner.__name__
    ]
    if not names:
        return f"`{owner.__name__}` has no `{attribute}`, and no other function"
    suffix = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return f"`{owner.__name__}` has no `{attribute}`; it has {', '.join(names[:SHOWN_NAMES])}{suffix}"
