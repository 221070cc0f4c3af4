"""Find the metrics of a command objective in what its program prints. `monitor` feeds it, `run` reads the result.

The output is searched line by line. The last match of a metric counts, so that a program may print it in each epoch.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from hpotrial.objective.command.result import InvalidResultError
from hpotrial.protocol.metrics import ESCAPE_SEQUENCE, FIELD, Metric, compiled, unreadable, value_of

MAX_LINE_CHARACTERS = 4096  # searched of one line; the remainder is ignored
# Of processor time for one chunk of output. A pattern that needs more could delay the trial for hours.
MAX_SEARCH_SECONDS = 2.0
LINE_END = re.compile(rb"[\r\n]+")  # a progress bar ends its lines with \r


class MetricSearch:
    """The metrics that were found so far. `objective` is the one whose steps are reported, if it is the only one."""

    def __init__(self, metrics: Sequence[Metric], objective: str | None = None) -> None:
        self.values: dict[str, float] = {}
        self._metrics = [(metric, metric.regex) for metric in metrics]
        self._unreadable = {metric.name: unreadable(metric.name) for metric in metrics if metric.pattern is None}
        self._words = [metric.name.encode() if metric.pattern is None else b"" for metric in metrics]
        self._objective = objective
        self._step_pattern = next(
            (compiled(metric.step_pattern) for metric in metrics if metric.step_pattern and metric.name == objective),
            None,
        )
        self._step: int | None = None
        self._reported: set[int] = set()
        self._partial_line = b""
        self._invalid: dict[str, str] = {}

    def feed(self, chunk: bytes, *, is_last: bool = False) -> list[tuple[int, float]]:
        """Search a chunk of the output; return the steps to report. With `is_last`, an unfinished line is a whole one.

        Raises InvalidResultError when a pattern takes too long.
        """
        *lines, self._partial_line = LINE_END.split(self._partial_line + chunk)
        if is_last:
            lines.append(self._partial_line)
        self._partial_line = self._partial_line[: 4 * MAX_LINE_CHARACTERS]
        with _limited_time(self._metrics):
            return [step for line in lines for step in self._search(line)]

    def value(self, metric: Metric, place: str) -> float:
        """Return the number of a metric. Raises InvalidResultError when there is none."""
        if metric.name in self._invalid:
            raise InvalidResultError(f"{place}: matched `{self._invalid[metric.name]}`, which is not a number")
        if metric.name not in self.values:
            form = f"`{metric.pattern}`" if metric.pattern is not None else f"`{metric.name}=…`"
            raise InvalidResultError(f"{place}: no line of the output matches {form}")
        return self.values[metric.name]

    def unreadable(self, name: str) -> str | None:
        """Return what was printed in the place of a number: `1,234` of `loss: 1,234`."""
        return None if name in self.values else self._invalid.get(name)

    def _search(self, raw: bytes) -> Iterator[tuple[int, float]]:
        if self._step_pattern is None and not any(word in raw for word in self._words):
            return
        line = ESCAPE_SEQUENCE.sub("", raw[: 4 * MAX_LINE_CHARACTERS].decode(errors="replace"))[:MAX_LINE_CHARACTERS]
        self._note_step(line)
        for metric, regex in self._metrics:
            if metric.name in self._unreadable and metric.name not in self.values:
                for match in self._unreadable[metric.name].finditer(line):
                    self._invalid[metric.name] = match[1]
            for match in regex.finditer(line):
                self._note_value(metric.name, value_of(match))
                if metric.name == self._objective:
                    yield from self._new_step()

    def _note_step(self, line: str) -> None:
        for match in self._step_pattern.finditer(line) if self._step_pattern is not None else ():
            number = _number(value_of(match) or "")
            if number is not None and number.is_integer() and number >= 0:
                self._step = int(number)

    def _note_value(self, name: str, text: str | None) -> None:
        if text is None:  # the group took no part in the match
            return
        number = _number(text)
        if number is None:
            self._invalid[name] = text
        else:
            self._invalid.pop(name, None)
            self.values[name] = number

    def _new_step(self) -> Iterator[tuple[int, float]]:
        """Yield the first value of each step, because Optuna ignores a second one."""
        if self._step is None or self._step in self._reported or self._objective not in self.values:
            return
        self._reported.add(self._step)
        yield self._step, self.values[self._objective]


def _number(text: str) -> float | None:
    """Return the number; a full stop or comma behind it belongs to the sentence."""
    try:
        return float(text.strip().rstrip(".,;"))
    except ValueError:
        return None


@contextmanager
def _limited_time(metrics: Sequence[tuple[Metric, re.Pattern[str]]]) -> Iterator[None]:
    """Interrupt a pattern of a user that takes too long. The module `re` lets signals interrupt a search."""
    if all(metric.pattern is None and metric.step_pattern is None for metric, _ in metrics):
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        seconds = f"{MAX_SEARCH_SECONDS:g} s"
        raise InvalidResultError(f"{FIELD}: the patterns took longer than {seconds} on one part of the output")

    try:
        before = signal.signal(signal.SIGVTALRM, interrupt)
    except ValueError:  # not the main thread
        yield
        return
    signal.setitimer(signal.ITIMER_VIRTUAL, MAX_SEARCH_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before or signal.SIG_DFL)
