"""The CRD's CEL rules: what a schema alone cannot say. Pure; called by `check`.

A rule that speaks of `oldSelf` holds between a sweep and what it was before; it is asked only when there is such.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import celpy
from celpy import celtypes
from celpy.adapter import json_to_cel
from celpy.evaluation import CELEvalError

from hposweep.schema.path import place


def _short(error: CELEvalError) -> str:
    """`a || b` of two errors shows both in a third one: with a list of 40 items their texts would fill the memory."""
    return type(error).__name__


CELEvalError.__repr__ = _short  # type: ignore[method-assign]


def _of_truths(function: Callable[..., Any]) -> Callable[..., Any]:
    """Translated, the library's `has` gives a Python truth, which its own operators do not take for one of CEL."""

    def applied(*values: Any) -> Any:
        return function(*(celtypes.BoolType(value) if isinstance(value, bool) else value for value in values))

    return applied


# Rules translated to Python take a third of the time of rules that are interpreted: seconds, of a hundred parameters.
for _name in ("logical_not", "logical_and", "logical_or", "logical_condition"):
    setattr(celtypes, _name, _of_truths(getattr(celtypes, _name)))
logging.getLogger("celpy.Transpiler").setLevel(logging.CRITICAL)  # it logs what it raises

_OLD = re.compile(r"\boldSelf\b")
_ABSENT = object()
_INT64 = 2**63  # where whole numbers of CEL end
Path = tuple[str | int, ...]


def broken_rules(new: Any, old: Any, part: Mapping[str, Any], path: Path = ()) -> Iterator[str]:
    """The message of each rule that does not hold. `old` is None for a sweep that is new."""
    return _broken(new, _ABSENT if old is None else old, part, path)


def _broken(new: Any, old: Any, part: Mapping[str, Any], path: Path) -> Iterator[str]:
    if isinstance(new, list) and len(new) > part.get("maxItems", len(new)):
        return  # that has been said, and rules that compare its items with each other would take long
    for rule in part.get("x-kubernetes-validations", ()):
        if _breaks(rule["rule"], new, old, part):
            yield f"{place(path)}: {rule['message']}"
    for name, inner_new, inner_old, inner in _children(new, old, part):
        yield from _broken(inner_new, inner_old, inner, (*path, name))


def _children(new: Any, old: Any, part: Mapping[str, Any]) -> Iterator[tuple[str | int, Any, Any, Mapping[str, Any]]]:
    if isinstance(new, list):
        for position, item in enumerate(new):
            yield position, item, _counterpart(item, old, part), part.get("items", {})
    elif isinstance(new, Mapping):
        others = part.get("additionalProperties")
        for name, item in new.items():
            inner = part.get("properties", {}).get(name, others if isinstance(others, Mapping) else None)
            if inner is not None:
                before = old.get(name, _ABSENT) if isinstance(old, Mapping) else _ABSENT
                yield name, item, before, inner


def _counterpart(item: Any, old: Any, part: Mapping[str, Any]) -> Any:
    """Items of a list are the same thing before and after only where the schema gives them names."""
    keys = part.get("x-kubernetes-list-map-keys")
    if not keys or not isinstance(old, list) or not isinstance(item, Mapping):
        return _ABSENT
    same = (other for other in old if all(other.get(key) == item.get(key) for key in keys))
    return next(same, _ABSENT)


def _breaks(rule: str, new: Any, old: Any, part: Mapping[str, Any]) -> bool:
    variables = {"self": _cel(new, part)}
    if _OLD.search(rule):
        if old is _ABSENT:
            return False
        variables["oldSelf"] = _cel(old, part)
    try:
        return not _program(rule).evaluate(variables)
    except (CELEvalError, TypeError):
        return False  # of a field that is missing or of another type, which has been said already


@cache
def _program(rule: str) -> celpy.Runner:
    environment = celpy.Environment(runner_class=celpy.CompiledRunner)
    return environment.program(environment.compile(rule))


def _cel(value: Any, part: Mapping[str, Any]) -> Any:
    """Numbers as the schema declares them: CEL compares no whole number with a real one."""
    if isinstance(value, Mapping):
        others = part.get("additionalProperties")
        inner = part.get("properties", {})
        rest = others if isinstance(others, Mapping) else {}
        return celtypes.MapType(
            {celtypes.StringType(name): _cel(item, inner.get(name, rest)) for name, item in value.items()}
        )
    if isinstance(value, list):
        return celtypes.ListType([_cel(item, part.get("items", {})) for item in value])
    if part.get("type") == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        return celtypes.DoubleType(value)
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        return celtypes.DoubleType(str(value))  # as JSON's reader in Go has it; a text may be too large for a float
    return json_to_cel(value)
