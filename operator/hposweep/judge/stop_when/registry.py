"""All kinds of stop rules: the fields of `api.stop_rules.StopRule`, each with a module of its name that has `KIND`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from typing import Any

from hposweep.api.stop_rules import StopRule
from hposweep.judge.stop_when.rule import StopRuleKind


def _load(field: str) -> StopRuleKind:
    kind = import_module(f"{__package__}.{field}").KIND
    if not isinstance(kind, StopRuleKind) or kind.field != field:
        raise TypeError(f"{__package__}.{field}: KIND must be the kind of field `{field}` (got {kind!r})")
    return kind


KINDS: tuple[StopRuleKind, ...] = tuple(_load(field.name) for field in fields(StopRule))


def kinds_of(rule: StopRule) -> Iterator[tuple[StopRuleKind, Any]]:
    """Yield the kind of a rule and its fields. The schema allows one; a file that it refused may have several."""
    for kind in KINDS:
        requirement = getattr(rule, kind.field)
        if requirement is not None:
            yield kind, requirement
