"""Choose the trials of another study that fit into the search space. Called by `observe.warm_starts`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hposweep.api.domain import Domain
from hposweep.api.plain import brief
from hposweep.api.space import Parameter
from hposweep.api.warm_start import WarmStartSpec
from hposweep.model.study_start import Candidate, WarmStart, WarmStartRecord
from hposweep.text import count, truncate

MAX_REASON_CHARACTERS = 300


def select(
    spec: WarmStartSpec, position: int, space: Sequence[Parameter], candidates: Sequence[Candidate], *, is_front: bool
) -> WarmStart:
    """Return the first `top` candidates that fit, or `top` of them spread evenly over a front."""
    usable: list[tuple[int, Mapping[str, Any]]] = []
    reasons: list[str] = []
    texts: set[str] = set()
    domains = [Domain(item) for item in space]
    for candidate in candidates:
        params = _fitted(domains, candidate.params)
        if isinstance(params, str):
            reasons.append(f"trial {candidate.number}: {params}")
            continue
        text = json.dumps(params, sort_keys=True, default=str)
        if text not in texts:  # a second trial of one configuration would bring nothing new
            texts.add(text)
            usable.append((candidate.number, params))
        if len(usable) == spec.top and not is_front:
            break
    selection = _spread(usable, spec.top) if is_front else usable
    reason = truncate(reasons[0], MAX_REASON_CHARACTERS) if reasons else ""
    record = WarmStartRecord(spec.study, tuple(number for number, _ in selection), len(reasons), reason)
    fault = "" if selection else _nothing_fits(spec, position, len(candidates), reason)
    return WarmStart(record, tuple(params for _, params in selection), fault)


def _nothing_fits(spec: WarmStartSpec, position: int, candidates: int, reason: str) -> str:
    return (
        f"`spec.study.warmStart[{position}]`: none of the {count(candidates, 'best trial')} of study `{spec.study}` "
        f"fits `spec.searchSpace` ({reason}); name another study, or create the sweep with a space that contains them"
    )


def _fitted(domains: Sequence[Domain], params: Mapping[str, Any]) -> dict[str, Any] | str:
    """Return the parameters that the space has, or why the trial cannot be tried in it.

    A parameter that the trial lacks is sampled; one that the space lacks is left out. Without a space nothing is known.
    """
    if not domains:
        return dict(params) if params else "it has no parameters"
    fitted = {}
    for domain in domains:
        name = domain.parameter.name
        if name not in params:
            continue
        if not domain.allows(params[name]):
            return f"`{name}` is {json.dumps(brief(params[name]))}, allowed is {domain}"
        fitted[name] = domain.typed(params[name])
    return fitted or "it has none of the parameters"


def _spread(usable: Sequence[tuple[int, Mapping[str, Any]]], top: int) -> Sequence[tuple[int, Mapping[str, Any]]]:
    if len(usable) <= top:
        return usable
    if top == 1:
        return usable[:1]
    return [usable[round(place * (len(usable) - 1) / (top - 1))] for place in range(top)]
