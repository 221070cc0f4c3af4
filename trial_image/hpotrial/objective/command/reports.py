"""The steps of a command objective: JSON lines in a file that grows while the program runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from hpotrial.objective.command.result import InvalidResultError, as_float

FILE = "HPO_REPORT_FILE"
CHUNK_BYTES = 65536
MAX_LINE_BYTES = 65536
SHOWN_CHARACTERS = 80
SHAPE = '{"step": 3, "value": 0.25}'


class Reports:
    """Reads the file from where the last read ended."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._position = 0
        self._line = 0
        self._partial_line = b""

    def read(self, *, is_last: bool) -> Iterator[tuple[int, float]]:
        """Yield the new steps. With `is_last`, an unfinished line counts as a whole one."""
        for line in self._lines(is_last):
            self._line += 1
            if line.strip():
                yield self._parse(line)

    def _lines(self, is_last: bool) -> Iterator[bytes]:
        while chunk := self._chunk():
            self._position += len(chunk)
            *lines, self._partial_line = (self._partial_line + chunk).split(b"\n")
            yield from lines
            if len(self._partial_line) > MAX_LINE_BYTES:
                raise InvalidResultError(f"{FILE}, line {self._line + 1}: is longer than {MAX_LINE_BYTES} bytes")
        if is_last and self._partial_line:
            line, self._partial_line = self._partial_line, b""
            yield line

    def _chunk(self) -> bytes:
        if not self._file.is_file():  # not written yet, or a pipe, which would never end
            return b""
        try:
            with self._file.open("rb") as stream:
                if stream.seek(0, 2) < self._position:  # the program has started the file again
                    self._position, self._line, self._partial_line = 0, 0, b""
                stream.seek(self._position)
                return stream.read(CHUNK_BYTES)
        except OSError as error:
            raise InvalidResultError(f"{FILE}: cannot be read ({error.strerror})") from error

    def _parse(self, line: bytes) -> tuple[int, float]:
        try:
            entry = json.loads(line)
            step, value = entry["step"], entry["value"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise self._invalid(line) from None
        if isinstance(step, bool) or not isinstance(step, int):
            raise self._invalid(line)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._invalid(line)
        return step, as_float(value)

    def _invalid(self, line: bytes) -> InvalidResultError:
        excerpt = line.decode(errors="replace")[:SHOWN_CHARACTERS]
        return InvalidResultError(f"{FILE}, line {self._line}: is `{excerpt}`, must have the form `{SHAPE}`")
