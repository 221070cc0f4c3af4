"""Definitions of one parameter: as the study stores them, whether two agree, and the sentence when they do not.

The study stores choices as JSON, which has lists and no tuples. So definitions are compared as stored, and a value goes
back to the code as the code wrote it. Used by the worker for each suggestion, by the operator before it adopts a study.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    check_distribution_compatibility,
)

SHOWN_CHARACTERS = 160  # of a list of choices; of a longer one only what differs is shown
SHOWN_CHOICES = 3
_SCALARS = (str, int, float, bool, type(None))


def stored_form(distribution: BaseDistribution) -> BaseDistribution:
    """Return the distribution as every reader of the study gets it. Raises TypeError for what JSON cannot hold."""
    if not isinstance(distribution, CategoricalDistribution) or _are_scalars(distribution.choices):
        return distribution
    return CategoricalDistribution(plain_choices(distribution.choices))


def agree(stored: BaseDistribution, other: BaseDistribution) -> bool:
    """Return whether one study can hold both. Bounds may differ, as Optuna allows; both are in their stored form."""
    try:
        check_distribution_compatibility(stored, other)
    except (ValueError, OverflowError):
        # Optuna takes NaN in a list for a difference, and cannot compare an integer that is too large for a float.
        if not isinstance(stored, CategoricalDistribution) or not isinstance(other, CategoricalDistribution):
            return False
        return _texts(stored) == _texts(other)
    return True


def plain_choices(choices: Sequence[Any]) -> list[Any]:
    """Return the choices as JSON has them. Raises TypeError for what JSON cannot hold."""
    return json.loads(json.dumps(list(choices)))  # type: ignore[no-any-return]


def position(value: Any, choices: Sequence[Any]) -> int:
    """Return the position of a value among plain choices, which tells 1, 1.0 and true apart, unlike Python."""
    for place, choice in enumerate(choices):
        if type(choice) is type(value) and choice == value and not isinstance(value, list | dict):
            return place
    return [json.dumps(choice) for choice in choices].index(json.dumps(value))


def difference(stored: BaseDistribution, other: BaseDistribution) -> str:
    """Return what differs: `got …; allowed …`."""
    if isinstance(stored, CategoricalDistribution) and isinstance(other, CategoricalDistribution):
        return _difference_of_choices(_texts(stored), _texts(other))
    return f"got {_describe(other)}; allowed {_describe(stored)}"


def _difference_of_choices(stored: Sequence[str], other: Sequence[str]) -> str:
    stored_list, other_list = (f"[{', '.join(texts)}]" for texts in (stored, other))
    if max(len(stored_list), len(other_list)) <= SHOWN_CHARACTERS:
        return f"got {other_list}; allowed {stored_list}"
    new, gone = (_shown(texts, without=set(others)) for texts, others in ((other, stored), (stored, other)))
    changes = ", ".join(part for part in (f"new {new}" if new else "", f"without {gone}" if gone else "") if part)
    return f"got {len(other)} choices, {changes or 'in another order'}; allowed the {len(stored)} of the study"


def _shown(texts: Sequence[str], *, without: set[str]) -> str:
    names = [text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…" for text in texts]
    names = [name for name, text in zip(names, texts, strict=True) if text not in without]
    return ", ".join([*names[:SHOWN_CHOICES], *(["…"] if len(names) > SHOWN_CHOICES else [])])


def _describe(distribution: BaseDistribution) -> str:
    if isinstance(distribution, CategoricalDistribution):
        texts = _texts(distribution)
        whole = f"choices [{', '.join(texts)}]"
        return whole if len(whole) <= SHOWN_CHARACTERS else f"{len(texts)} choices"
    if isinstance(distribution, FloatDistribution | IntDistribution):
        kind = "a float" if isinstance(distribution, FloatDistribution) else "an int"
        scale = " on a log scale" if distribution.log else ""
        return f"{kind} from {distribution.low:g} to {distribution.high:g}{scale}"
    return type(distribution).__name__


def _texts(distribution: CategoricalDistribution) -> list[str]:
    return [json.dumps(choice, ensure_ascii=False, sort_keys=True) for choice in distribution.choices]


def _are_scalars(choices: Sequence[Any]) -> bool:
    return all(isinstance(choice, _SCALARS) for choice in choices)
