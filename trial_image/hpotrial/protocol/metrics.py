"""Metrics in the output of a command: their patterns, and why a pattern is refused.

The worker searches the output with them (`objective.command.metrics`), and `hposweep.judge.linter.metrics` checks them
before a sweep starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from re import _constants, _parser  # type: ignore[attr-defined]  # the only parse tree of a pattern in the library
from typing import Any

FIELD = "spec.objective.metrics"
VALUE_GROUP = "value"  # the group of a pattern that has several
# A repetition that may run at least this often inside another one takes exponential time.
_MANY = 10
_NUMBER = r"(?i:[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|nan|inf(?:inity)?))"
_NAME = r"(?<![\w./-])%s[\"']?\s*[=:]\s*"
# NumPy prints `np.float64(0.5)` inside a dictionary, and torch prints `tensor(0.5)`. `1,234` and `1:30` are not the
# number 1, and `loss: 50%|###` is a progress bar.
_PAIR = rf"{_NAME}(?:(?:np\.\w+|tensor)\()?({_NUMBER})(?!\w|[.,:]\d|\s*%%\s*\|)"
_UNREADABLE = rf"{_NAME}(\S+)"
# The second form sets the title of a terminal, or a link.
ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


def how_to_print(name: str) -> str:
    """Return what to do when a program has printed no value of the objective `name`."""
    return f"Print `{name}=…`, or say in {FIELD} how it is printed, also on the error output"


class PatternError(ValueError):
    """A pattern cannot be used; the message says why and what to write."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A number in the output. Without a pattern it is printed as `name=value`. `step_pattern` finds the step of it."""

    name: str
    pattern: str | None = None
    step_pattern: str | None = None

    def to_json(self) -> dict[str, Any]:
        fields = {"name": self.name, "pattern": self.pattern, "stepPattern": self.step_pattern}
        return {key: value for key, value in fields.items() if value is not None}

    @classmethod
    def from_json(cls, block: Mapping[str, Any]) -> Metric:
        return cls(str(block["name"]), block.get("pattern"), block.get("stepPattern"))

    @property
    def regex(self) -> re.Pattern[str]:
        """Return the compiled pattern. Raises PatternError."""
        return compiled(self.pattern) if self.pattern is not None else pair(self.name)


def pair(name: str) -> re.Pattern[str]:
    """Return the pattern of `name=value`, also as `name: value` and `"name": value`."""
    return re.compile(_PAIR % re.escape(name))


def unreadable(name: str) -> re.Pattern[str]:
    """Return the pattern of `name=` before any text, for an error."""
    return re.compile(_UNREADABLE % re.escape(name))


def compiled(pattern: str) -> re.Pattern[str]:
    """Return the compiled pattern of a user. Raises PatternError."""
    try:
        tree = _parser.parse(pattern)
        regex = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(f"not a regular expression: {error}") from error
    if regex.groups == 0:
        raise PatternError("has no group. Put the number into parentheses, as in `loss=([0-9.eE+-]+)`")
    if regex.groups > 1 and VALUE_GROUP not in regex.groupindex:
        raise PatternError("has several groups. Name the one with the number: `(?P<value>[0-9.eE+-]+)`")
    if any(_is_exponential(body) for body in _repeated(tree)):
        raise PatternError("a repetition inside a repetition can take hours on one line. Leave out the outer one")
    return regex


def any_pair() -> re.Pattern[str]:
    """Return the pattern of `name=value` with any name, in the group `name`."""
    return re.compile(_PAIR % r"(?P<name>[A-Za-z_][\w./-]*)")


def value_of(match: re.Match[str]) -> str | None:
    """Return the text of the group that has the number."""
    return match[VALUE_GROUP if VALUE_GROUP in match.re.groupindex else 1]


def _nodes(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield all nodes of a parse tree, with those inside of others."""
    for operator, argument in tree:
        yield operator, argument
        for part in argument if isinstance(argument, tuple) else (argument,):
            for item in part if isinstance(part, list) else (part,):
                if isinstance(item, _parser.SubPattern):
                    yield from _nodes(item)


def _repeated(tree: Any) -> Iterator[Any]:
    """Yield the body of each repetition that backtracks and may run often."""
    for operator, argument in _nodes(tree):
        if operator in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and argument[1] >= _MANY:
            yield argument[2]


def _is_exponential(body: Any) -> bool:
    return any(True for _ in _repeated(body)) or any(node is _constants.BRANCH for node, _ in _nodes(body))
