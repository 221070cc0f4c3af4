"""Check options from a resource against the signature of an Optuna class.

Optuna checks few types when it creates a sampler, so a wrong type would fail only during the first trials.
`samplers.build` calls this first.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

NESTED_TYPES = ("BaseSampler", "BasePruner", "BaseCrossover", "BaseMutation")


@dataclass(frozen=True, slots=True)
class Nested:
    """An option that is itself a class with options."""

    name: str
    options: Mapping[str, Any]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": _is_number,
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "None": lambda value: value is None,
    "dict": lambda value: isinstance(value, dict),
    "lists": lambda value: isinstance(value, dict) and all(isinstance(v, list) and v for v in value.values()),
}
# The way to do without an option that takes Python objects.
ADVICE = {
    "constraints_func": "Call trial.set_constraint(name, value) in the objective; a value above 0 is a broken one",
}
WORDS = {
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "str": "a string",
    "None": "null",
    "dict": "an object",
    "lists": "an object of non-empty lists",
}


def check_options(path: str, class_name: str, target: type, options: Mapping[str, Any]) -> dict[str, str]:
    """Refuse options that the class does not have; return which options are nested classes, and of which type."""
    parameters = {name: p for name, p in inspect.signature(target).parameters.items() if name != "seed"}
    settable = {name: _types(p) for name, p in parameters.items() if _types(p)}
    allowed = ", ".join(settable) or "none"
    for option in options:
        if option in parameters and option not in settable:
            advice = f". {ADVICE[option]}" if option in ADVICE else ""
            raise ValueError(
                f"{path}.{option}: takes Python objects, which a resource cannot hold; {class_name} allows {allowed}"
                f"{advice}"
            )
        if option not in settable:
            raise ValueError(f"{path}: {class_name} has no option `{option}`; allowed: {allowed}")
    for name, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty and name not in options:
            raise ValueError(f"{path}: {class_name} needs the option `{name}`")
    nested: dict[str, str] = {}
    for option, value in options.items():
        base = next((kind for kind in settable[option] if kind in NESTED_TYPES), None)
        if base is not None and value is not None:
            nested[option] = base
        else:
            _check_value(f"{path}.{option}", settable[option], value)
    return nested


def read_nested(path: str, value: Any) -> Nested:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or value.keys() - {"name", "options"}:
        raise ValueError(f"{path}: must have the form {{name: …, options: {{…}}}}, is {value!r}")
    return Nested(value["name"], value.get("options") or {})


def _check_value(path: str, kinds: tuple[str, ...], value: Any) -> None:
    if not any(kind in CHECKS and CHECKS[kind](value) for kind in kinds):
        words = " or ".join(WORDS[kind] for kind in kinds if kind in WORDS)
        raise ValueError(f"{path}: is {value!r}, must be {words}")


def _types(parameter: inspect.Parameter) -> tuple[str, ...]:
    """Return the plain types of Optuna's annotation; none when the option can only be a Python object."""
    annotation = parameter.annotation
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    if "Callable" in text:
        return ()
    kinds = tuple(_kind(part.strip()) for part in text.split("|"))
    return kinds if any(kind and kind != "None" for kind in kinds) else ()


def _kind(part: str) -> str:
    if part.startswith("Mapping[str, Sequence["):
        return "lists"
    if part.startswith("dict["):
        return "dict"
    return part if part in CHECKS or part in NESTED_TYPES else ""
