"""What ends a run before its first worker: one sentence a fault, and exit code 2."""

from __future__ import annotations

from collections.abc import Iterable


class RefusedInputError(Exception):
    """The input cannot be run; each fault is one sentence."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults

    @classmethod
    def of(cls, faults: Iterable[str]) -> RefusedInputError:
        return cls(*faults)
