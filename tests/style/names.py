"""The share of names that are a bare participle or pronoun, such as `found`, `wanted` or `most`.

Counted are parameters, variables (once a scope), and attributes that a class declares or sets on itself (once a class).
A name counts when the whole of it, without leading underscores, is in the closed list of `vocabulary`. A constant whose
value is its own name (`FAILED = "Failed"`) is a wire value and does not count as an offender.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from tests.style.measure import Measure, Offender
from tests.style.vocabulary import VAGUE_NAMES

LIMIT_PERCENT = 1.0
_RECEIVERS = {"self", "cls"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Name:
    """A name where it is first bound."""

    text: str
    line: int
    is_wire_value: bool = False

    @property
    def is_vague(self) -> bool:
        return not self.is_wire_value and self.text.lstrip("_").lower() in VAGUE_NAMES


def measure(package: str, files: Iterable[tuple[Path, ast.Module]]) -> Measure:
    """Count the vague names of a package."""
    names = [(path, name) for path, tree in files for name in names_of(tree)]
    offenders = tuple(Offender(path, name.line, name.text) for path, name in names if name.is_vague)
    return Measure(f"{package}: names that are a participle or pronoun", offenders, len(names), LIMIT_PERCENT)


def names_of(tree: ast.Module) -> list[Name]:
    """Return the names that a module binds, each once a scope."""
    return list(_bound_in(tree, set(), set()))


def _bound_in(node: ast.AST, scope: set[str], attributes: set[str]) -> Iterator[Name]:
    wire = _wire_values(node)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _FUNCTIONS):
            yield from _parameters(child.args)
            parameters = {name.text for name in _parameters(child.args)}
            yield from _bound_in(child, parameters, attributes)
        elif isinstance(child, ast.ClassDef):
            declared: set[str] = set()
            yield from _bound_in(child, declared, declared)
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            if child.id not in scope:
                scope.add(child.id)
                yield Name(child.id, child.lineno, child.id in wire)
        else:
            if _is_own_attribute(child) and child.attr not in attributes:
                attributes.add(child.attr)
                yield Name(child.attr, child.lineno)
            yield from _bound_in(child, scope, attributes)


def _parameters(arguments: ast.arguments) -> Iterator[Name]:
    several = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    for argument in (*several, arguments.vararg, arguments.kwarg):
        if argument is not None and argument.arg not in _RECEIVERS:
            yield Name(argument.arg, argument.lineno)


def _is_own_attribute(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def _wire_values(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
        return set()
    value = node.value.value
    targets = (target.id for target in node.targets if isinstance(target, ast.Name))
    return {name for name in targets if isinstance(value, str) and name.strip("_") == value.upper()}
