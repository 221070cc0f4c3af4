"""The result of one measure: offenders out of a total, and the limit that holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Offender:
    """A place that breaks a rule."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Measure:
    """A count of offenders. Without a total the count itself is limited, otherwise the share in percent."""

    title: str
    offenders: tuple[Offender, ...]
    total: int | None = None
    limit: float = 0

    @property
    def is_kept(self) -> bool:
        if self.total is None:
            return len(self.offenders) <= self.limit
        return self.share_percent < self.limit

    @property
    def share_percent(self) -> float:
        return 100 * len(self.offenders) / self.total if self.total else 0.0

    def __str__(self) -> str:
        verdict = "kept" if self.is_kept else "BROKEN"
        count = len(self.offenders)
        if self.total is None:
            return f"{self.title}: {count} (limit {self.limit:g}) {verdict}"
        return f"{self.title}: {self.share_percent:.2f} % ({count} of {self.total}, limit {self.limit:g} %) {verdict}"
