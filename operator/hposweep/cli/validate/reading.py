"""A spec out of a document that the schema may refuse: what is missing or of another type is blank, and known as such.

The types of `api.spec` lead; whatever the linter then says of a blank field is no finding.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from hposweep.api.spec import Spec
from hposweep.api.wire import from_wire, wire_name

_UNFIT = object()


@dataclass(frozen=True, slots=True)
class Reading:
    """The spec, and the places whose values are not the file's."""

    spec: Spec
    blank: frozenset[str]

    def knows(self, places: Iterable[str]) -> bool:
        """None of these places is blank, or lies in one that is."""
        return not any(
            place == blank or place.startswith((f"{blank}.", f"{blank}[")) for place in places for blank in self.blank
        )


def read(document: Mapping[str, Any], refused: Iterable[str]) -> Reading:
    """`refused`: places that the schema speaks against; a number there is out of bounds, and nothing to reckon with."""
    reader = _Reader(frozenset(refused))
    spec = document.get("spec")
    if not isinstance(spec, Mapping):
        reader.blank.add("spec")
        spec = {}
    whole = reader.filled(Spec, spec, "spec")
    return Reading(from_wire(Spec, whole), frozenset(reader.blank))


class _Reader:
    def __init__(self, refused: frozenset[str]) -> None:
        self.refused = refused
        self.blank: set[str] = set()

    def filled(self, cls: type, data: Mapping[str, Any], path: str) -> dict[str, Any]:
        """JSON of which `from_wire` makes a `cls`."""
        hints, kept = get_type_hints(cls), {}
        for field in fields(cls):
            name = wire_name(field.name)
            place, given = f"{path}.{name}", data.get(name)
            fitted = _UNFIT if given is None else self._fitted(hints[field.name], given, place)
            if fitted is _UNFIT and (given is not None or _is_required(field)):
                self.blank.add(place)
            if fitted is _UNFIT and _is_required(field):
                fitted = self._nothing(hints[field.name], place)
            if fitted is not _UNFIT:
                kept[name] = fitted
        return kept

    def _fitted(self, hint: Any, value: Any, place: str) -> Any:
        origin, arguments = get_origin(hint), get_args(hint)
        if hint is Any:
            return value
        if origin in (Union, types.UnionType):
            tried = (self._fitted(item, value, place) for item in arguments if item is not types.NoneType)
            return next((item for item in tried if item is not _UNFIT), _UNFIT)
        if origin is tuple:
            if not isinstance(value, list):
                return _UNFIT
            return [self._item(arguments[0], item, f"{place}[{position}]") for position, item in enumerate(value)]
        if origin is Mapping:
            is_refused = arguments[1] is Any and any(refused.startswith(f"{place}.") for refused in self.refused)
            if not isinstance(value, Mapping) or is_refused:
                return _UNFIT
            return {str(key): self._item(arguments[1], item, f"{place}.{key}") for key, item in value.items()}
        if is_dataclass(hint):
            return self.filled(hint, value, place) if isinstance(value, Mapping) else _UNFIT  # type: ignore[arg-type]  # a class: hints hold no instances
        return value if self._is_scalar(hint, value, place) else _UNFIT

    def _item(self, hint: Any, value: Any, place: str) -> Any:
        """An item that does not fit keeps its place, so that the others keep theirs."""
        fitted = self._fitted(hint, value, place)
        if fitted is _UNFIT:
            self.blank.add(place)
            return self._nothing(hint, place)
        return fitted

    def _is_scalar(self, hint: Any, value: Any, place: str) -> bool:
        if hint in (int, float):
            is_number = isinstance(value, int | (float if hint is float else int)) and not isinstance(value, bool)
            return is_number and math.isfinite(value) and place not in self.refused
        return isinstance(value, hint)

    def _nothing(self, hint: Any, place: str) -> Any:
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            return self._nothing(arguments[0], place)
        if origin is tuple:
            return []
        if origin is Mapping:
            return {}
        if is_dataclass(hint):
            return self.filled(hint, {}, place)  # type: ignore[arg-type]  # a class: hints hold no instances
        return "" if hint is Any else hint()


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
