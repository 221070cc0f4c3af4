"""The error for input that cannot be run or judged. Raised by `load` and `database`, printed by `command`."""

from __future__ import annotations

from collections.abc import Iterable


class RefusedInputError(Exception):
    """The input is invalid; each fault is one sentence. The command prints them and exits with 2."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults

    @classmethod
    def of(cls, faults: Iterable[str]) -> RefusedInputError:
        return cls(*faults)
