"""Read a spec from a document that the schema may reject. A missing or mistyped field becomes blank, and is recorded.

Called by `findings`. The types of `api.spec` decide. A linter finding about a blank field is ignored.
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
    """The spec, and the paths whose values do not come from the file."""

    spec: Spec
    blank: frozenset[str]

    def has_values(self, paths: Iterable[str]) -> bool:
        """Whether none of these paths is blank or inside a blank one."""
        return not any(
            path == blank or path.startswith((f"{blank}.", f"{blank}[")) for path in paths for blank in self.blank
        )


def read(document: Mapping[str, Any], refused_paths: Iterable[str], refused_words: Iterable[str] = ()) -> Reading:
    """Read `document`. `refused_paths` are rejected by the schema: a number there is out of bounds, so unusable.

    At `refused_words` stands a text that is none of the words that the schema allows.
    """
    reader = _Reader(frozenset(refused_paths), frozenset(refused_words))
    spec = document.get("spec")
    if not isinstance(spec, Mapping):
        reader.blank.add("spec")
        spec = {}
    values = reader.filled(Spec, spec, "spec")
    return Reading(from_wire(Spec, values), frozenset(reader.blank))


class _Reader:
    def __init__(self, refused_paths: frozenset[str], refused_words: frozenset[str]) -> None:
        self.refused_paths = refused_paths
        self.refused_words = refused_words
        self.blank: set[str] = set()

    def filled(self, cls: type, data: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Return JSON that `from_wire` can turn into a `cls`."""
        hints, values = get_type_hints(cls), {}
        for field in fields(cls):
            name = wire_name(field.name)
            place, value = f"{path}.{name}", data.get(name)
            fitted = _UNFIT if value is None else self._fitted(hints[field.name], value, place)
            if fitted is _UNFIT and (value is not None or _is_required(field)):
                self.blank.add(place)
            if fitted is _UNFIT and _is_required(field):
                fitted = self._nothing(hints[field.name], place)
            if fitted is not _UNFIT:
                values[name] = fitted
        return values

    def _fitted(self, hint: Any, value: Any, place: str) -> Any:
        origin, arguments = get_origin(hint), get_args(hint)
        if hint is Any:
            return value
        if origin in (Union, types.UnionType):
            candidates = (self._fitted(item, value, place) for item in arguments if item is not types.NoneType)
            return next((item for item in candidates if item is not _UNFIT), _UNFIT)
        if origin is tuple:
            if not isinstance(value, list):
                return _UNFIT
            return [self._item(arguments[0], item, f"{place}[{position}]") for position, item in enumerate(value)]
        if origin is Mapping:
            is_refused = arguments[1] is Any and any(
                refused_paths.startswith(f"{place}.") for refused_paths in self.refused_paths
            )
            if not isinstance(value, Mapping) or is_refused:
                return _UNFIT
            return {str(key): self._item(arguments[1], item, f"{place}.{key}") for key, item in value.items()}
        if is_dataclass(hint):
            return self.filled(hint, value, place) if isinstance(value, Mapping) else _UNFIT  # type: ignore[arg-type]  # a class: hints hold no instances
        return value if self._is_scalar(hint, value, place) else _UNFIT

    def _item(self, hint: Any, value: Any, place: str) -> Any:
        """Return the item, or a blank one in its place, so that the positions of the others stay."""
        fitted = self._fitted(hint, value, place)
        if fitted is _UNFIT:
            self.blank.add(place)
            return self._nothing(hint, place)
        return fitted

    def _is_scalar(self, hint: Any, value: Any, place: str) -> bool:
        if hint in (int, float):
            is_number = isinstance(value, int | (float if hint is float else int)) and not isinstance(value, bool)
            return is_number and math.isfinite(value) and place not in self.refused_paths
        return isinstance(value, hint) and place not in self.refused_words

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
