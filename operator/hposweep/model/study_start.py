"""The trials that a study starts with. Made by `observe`, enqueued by `plan`, shown by `report`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hpotrial import protocol

KEY, FROM, STUDY, TRIAL = "key", "from", "study", "trial"
TRIALS, SKIPPED, REASON = "trials", "skipped", "reason"
ENQUEUE, WARM_START = "study.enqueue", "study.warmStart"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A complete trial of another study, with its parameters as the objective received them."""

    number: int
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StartMark:
    """The attribute of a trial that the operator enqueued at the start. The key is the same in every pass.

    `study` and `trial` are None for a point of `spec.study.enqueue`.
    """

    key: str
    study: str | None = None
    trial: int | None = None

    @classmethod
    def from_json(cls, mark: Any) -> StartMark | None:
        """Read the attribute's JSON; None when it has no key, as in a study that others write to."""
        if not isinstance(mark, Mapping) or not isinstance(mark.get(KEY), str):
            return None
        return cls(mark[KEY], mark.get(STUDY), mark.get(TRIAL))

    def to_json(self) -> dict[str, Any]:
        if self.study is None:
            return {FROM: ENQUEUE, KEY: self.key}
        return {FROM: WARM_START, STUDY: self.study, TRIAL: self.trial, KEY: self.key}


@dataclass(frozen=True, slots=True)
class StartPoint:
    """A trial to enqueue."""

    params: Mapping[str, Any]
    mark: StartMark

    @property
    def attributes(self) -> dict[str, Any]:
        return {protocol.START: self.mark.to_json()}


@dataclass(frozen=True, slots=True)
class WarmStartRecord:
    """The result of one entry of `spec.study.warmStart`: numbers of trials, and why the first one was left out.

    The study keeps it, because the other study may change afterwards.
    """

    study: str
    trials: tuple[int, ...]
    skipped: int = 0
    reason: str = ""

    @classmethod
    def from_json(cls, record: Any) -> WarmStartRecord | None:
        """Read one item of the attribute's JSON; None when it is no record."""
        if not isinstance(record, Mapping) or not isinstance(record.get(TRIALS), list):
            return None
        numbers = tuple(number for number in record[TRIALS] if isinstance(number, int))
        skipped = record.get(SKIPPED)
        return cls(
            str(record.get(STUDY)), numbers, skipped if isinstance(skipped, int) else 0, str(record.get(REASON, ""))
        )

    def to_json(self) -> dict[str, Any]:
        return {STUDY: self.study, TRIALS: list(self.trials), SKIPPED: self.skipped, REASON: self.reason}


@dataclass(frozen=True, slots=True)
class WarmStart:
    """The trials that one entry of `spec.study.warmStart` gives, or why there are none."""

    record: WarmStartRecord
    params: tuple[Mapping[str, Any], ...] = ()  # of each trial of the record
    fault: str = ""


def read_records(attribute: Any) -> tuple[WarmStartRecord, ...] | None:
    """Return the records of the study's attribute; None before the start."""
    if not isinstance(attribute, Sequence) or isinstance(attribute, str):
        return None
    return tuple(record for record in map(WarmStartRecord.from_json, attribute) if record is not None)
