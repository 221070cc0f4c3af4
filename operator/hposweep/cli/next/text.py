"""Write the next sweep as YAML, with the reason for each edit as a comment at its parameter. Called by `command`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from hposweep.analysis.space_edit import EditKind, ParameterDomain, SpaceEdit
from hposweep.api.domain import Domain
from hposweep.api.plain import plain
from hposweep.api.space import Choices, FloatRange, IntRange, Parameter, is_among
from hposweep.cli.analyze.section import printable
from hposweep.cli.next.sweep import NextSweep
from hposweep.text import count
from hpotrial.protocol.yaml_scalars import Dumper

_WIDTH, _MAX_CHARACTERS = 110, 1000
_MAX_CHANGE_CHARACTERS = 200  # because a long choice must not hide the reason
_MAX_CONFIDENCE = 0.99  # no test gives certainty, which `1.00` would claim
_MARK = "hposweep-search-space"  # the only line of its kind at this depth


def as_yaml(result: NextSweep, header: Sequence[str]) -> str:
    """Return the sweep. Comments have no control characters and no line breaks of a study."""
    spec = dict(result.sweep["spec"])
    items = spec.get("searchSpace")
    comments = {edit.parameter: _comment(edit) for edit in result.space.edits}
    lines = [*header, *result.changes, *result.space.notes]
    if items is None:
        lines += [f"{name}: {comment}" for name, comment in comments.items()]
    else:
        spec["searchSpace"] = _MARK
    text = _dump({**result.sweep, "spec": spec})
    if items is not None:
        text = text.replace(f"\n  searchSpace: {_MARK}\n", f"\n{''.join(_space(items, comments))}", 1)
    return "".join([*(line for part in lines for line in _commented(part, "")), text])


def _space(items: Sequence[Mapping[str, Any]], comments: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the space; a frozen parameter is only a comment."""
    yield "  searchSpace:\n" if items else "  searchSpace: []\n"
    by_name = {item["name"]: item for item in items}
    for name in (*comments, *(name for name in by_name if name not in comments)):
        if name in comments:
            prefix = "" if name in by_name else f"{name}: "
            yield from _commented(prefix + comments[name], "  ")
        if name in by_name:
            yield textwrap.indent(_dump([by_name[name]], flow=None), "  ")


def _comment(edit: SpaceEdit) -> str:
    facts = [count(edit.trials, "trial")]
    if edit.confidence is not None:
        is_beyond = edit.confidence > _MAX_CONFIDENCE
        facts.append(f"confidence {f'over {_MAX_CONFIDENCE}' if is_beyond else f'{edit.confidence:.2f}'}")
    return f"{edit.kind} {printable(_change(edit), _MAX_CHANGE_CHARACTERS)}: {edit.reason} ({', '.join(facts)})"


def _change(edit: SpaceEdit) -> str:
    before, after = edit.before, edit.after
    if edit.kind is EditKind.KEEP:
        return _words(before)
    if after is None:
        return f"at {json.dumps(plain(edit.value))}, was {_words(before)}"
    if isinstance(before, Choices) and isinstance(after, Choices):
        return _words(Choices(tuple(choice for choice in before.choices if not is_among(choice, after.choices))))
    return f"to {_words(after)}, was {_words(before)}"


def _words(domain: ParameterDomain) -> str:
    match domain:
        case FloatRange():
            return str(Domain(Parameter("", float_=domain)))
        case IntRange():
            return str(Domain(Parameter("", int_=domain)))
        case Choices():
            return str(Domain(Parameter("", categorical=domain)))


def _commented(text: str, indent: str) -> Iterator[str]:
    prefix = f"{indent}# "
    for line in textwrap.wrap(printable(text, _MAX_CHARACTERS), _WIDTH, break_on_hyphens=False):
        yield f"{prefix}{line}\n"


def _dump(value: Any, *, flow: bool | None = False) -> str:
    dumped: str = yaml.dump(
        plain(value), Dumper=Dumper, sort_keys=False, allow_unicode=True, default_flow_style=flow, width=_WIDTH
    )
    return dumped
