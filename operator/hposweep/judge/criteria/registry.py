"""All kinds of criteria. `criterion` asks for verdicts, the linter for everything else that a kind knows of itself.

The list is the fields of `api.criteria.SingleCriterion`: each field has a module of its name in this package, and that
module defines `KIND`. A field without a module fails here, at import.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from typing import Any

from hposweep.api.criteria import SingleCriterion
from hposweep.judge.criteria.kind import CriterionKind, ParameterDomain


def _load(field: str) -> CriterionKind[Any]:
    kind = import_module(f"{__package__}.{field}").KIND
    if not isinstance(kind, CriterionKind) or kind.field != field:
        raise TypeError(f"{__package__}.{field}: KIND must be the kind of field `{field}` (got {kind!r})")
    return kind


KINDS: tuple[CriterionKind[Any], ...] = tuple(_load(field.name) for field in fields(SingleCriterion))


def kinds_of(criterion: SingleCriterion) -> Iterator[tuple[CriterionKind[Any], Any]]:
    """Yield the kind of a criterion and its fields. The schema allows one; a file that it refused may have several."""
    for kind in KINDS:
        requirement = getattr(criterion, kind.field)
        if requirement is not None:
            yield kind, requirement


def kinds_for(domain: ParameterDomain) -> tuple[str, ...]:
    """Return the names of the kinds that judge parameters of a domain."""
    return tuple(kind.name for kind in KINDS if kind.domain in (domain, ParameterDomain.ANY))
