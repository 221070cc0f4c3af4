"""Load the objective that the spec names (`module:function`, or a command) as something to call with a trial.

Called in the process of a trial, and by the worker with `isolation: None`. Every failure is one sentence, because it
becomes the termination message of a pod and a condition of the sweep.
"""

from __future__ import annotations

import difflib
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
EXIT_ADVICE = 'Move code that exits, such as that of argparse, below `if __name__ == "__main__":`'


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
    command = Command(objective.arguments, source_path, objective.metrics)
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
    member: Any = _import(reference, name, source_path)
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


def _import(reference: str, name: str, source_path: str | None) -> ModuleType:
    module_name = reference.partition(":")[0]
    try:
        return importlib.import_module(module_name)
    except BaseException as error:  # because a module may call sys.exit
        if isinstance(error, ModuleNotFoundError) and _is_part_of(error.name, module_name):
            raise ObjectiveNotFoundError(
                f"{name}: {_missing_module(error.name or module_name, reference, source_path)}",
                is_import=True,
            ) from error
        advice = f". {EXIT_ADVICE}" if isinstance(error, SystemExit) else ""
        raise ObjectiveNotFoundError(
            f"{name}: importing `{module_name}` raised {type(error).__name__}: {error}{advice}",
            is_import=True,
        ) from error


def _missing_module(name: str, reference: str, source_path: str | None) -> str:
    """Say where a module was looked for, each folder once, and where it probably is."""
    folders = list({Path(folder).resolve(): str(folder) for folder in (Path.cwd(), source_path) if folder}.values())[
        ::-1
    ]
    sentence = f"no module `{name}` in {', '.join(folders)} or the installed packages"
    module, _, function = reference.partition(":")
    if module.endswith(".py"):
        return f"{sentence}; `{module}` is a file name: write `{module.removesuffix('.py')}:{function}`"
    for folder in folders:
        place = _folder_with(Path(folder), name)
        if place is not None:
            return f"{sentence}; it is in `{place}`: add that folder to PYTHONPATH, or move the file"
    modules = [path.stem for folder in folders for path in Path(folder).glob("*.py")]
    similar = difflib.get_close_matches(name, modules, n=1)
    return f"{sentence}; did you mean `{similar[0]}:{function}`?" if similar else sentence


def _folder_with(folder: Path, name: str) -> Path | None:
    """Return the folder below `folder` that has the module, as in projects whose code is in `src`."""
    path = Path(*name.split("."))
    places = (item for item in sorted(folder.glob("*")) if item.is_dir() and not item.name.startswith("."))
    candidates = (item for item in places if (item / path.with_suffix(".py")).is_file() or (item / path).is_dir())
    return next(candidates, None)


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
    if similar := difflib.get_close_matches(attribute, names, n=1):
        return f"`{owner.__name__}` has no `{attribute}`; did you mean `{similar[0]}`?"
    suffix = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return f"`{owner.__name__}` has no `{attribute}`; it has {', '.join(names[:SHOWN_NAMES])}{suffix}"
