"""The verdict on one study: what the database says of its trials, held against what a witness saw of them. Pure.

Every rule names what it protects; a breach is an `Offence` with the trial's number, so that its story can be told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hpotrial import protocol
from tests.chaos.witness import Sighting
from tests.e2e.trials import Trial

LOST, DOUBLE, LIVE_FAILED, FORGED, UNJUST = "lost", "double", "live trials failed", "told falsely", "charged unjustly"
STUCK, INEXACT, STUBBORN = "stuck RUNNING", "budget not exact", "stubborn workers"
RULES = {
    LOST: "neither finished, nor charged, nor queued again",
    DOUBLE: "two finished trials from one, or one number run twice",
    STUCK: "RUNNING for more than 60 s after its pod had gone",
    LIVE_FAILED: "ended from outside while its process went on",
    STUBBORN: "asked for by a worker that had been given up",
    FORGED: "the database tells another end than the one that was seen",
    UNJUST: "charged as failed, and no fault of its own",
    INEXACT: "other than `trials.max` charged or finished",
}
FINISHED = ("COMPLETE", "PRUNED")


@dataclass(frozen=True, slots=True)
class Offence:
    """One breach of a rule; `number` is None where it is the study's."""

    rule: str
    number: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of one study when all is over.

    `killed` are the trials whose own process a fault killed, `silent` those that ended on a node which had been silent
    for longer than the sweep allows.
    """

    most: int
    trials: Sequence[Trial]
    values: Mapping[int, float]
    sightings: Sequence[Sighting]
    killed: frozenset[int] = frozenset()
    silent: frozenset[int] = frozenset()
    stuck: Mapping[int, float] = field(default_factory=dict)

    @property
    def charged(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.is_charged]

    @property
    def finished(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.state in FINISHED]

    @property
    def failed(self) -> Counter[str]:
        """By class; uncharged ones were tried again."""
        return Counter(_class(trial) for trial in self.trials if trial.state == "FAIL")

    @property
    def retried(self) -> list[Trial]:
        return [trial for trial in self.trials if protocol.RETRIED_FROM in trial.attributes]

    @property
    def ends_lost(self) -> int:
        """Results that were there, and were lost with their worker before it could tell them: work done twice."""
        ended = {seen.number for seen in self.sightings if seen.event in ("end", "pruned")}
        return sum(trial.state == "FAIL" and trial.number in ended for trial in self.trials)

    @property
    def offences(self) -> list[Offence]:
        rules = (_numbers, _families, _runs, _ends, _live, _stubborn, _charges, _budget, _stuck)
        return [offence for rule in rules for offence in rule(self)]


def _numbers(account: Account) -> Iterator[Offence]:
    numbers = [trial.number for trial in account.trials]
    for number, times in Counter(numbers).items():
        if times > 1:
            yield Offence(DOUBLE, number, f"{times} rows have this number")
    for number in sorted(set(range(max(numbers, default=-1) + 1)) - set(numbers)):
        yield Offence(LOST, number, "no row has this number")
    for number in sorted({seen.number for seen in account.sightings} - set(numbers)):
        yield Offence(LOST, number, "it ran, and the database does not know it")


def _families(account: Account) -> Iterator[Offence]:
    """A trial and all that it was tried again as: one of them, the last, is finished or charged, and no other."""
    by_number = {trial.number: trial for trial in account.trials}
    copies: dict[int, list[int]] = defaultdict(list)
    for trial in account.retried:
        copies[trial.attributes[protocol.RETRIED_FROM]].append(trial.number)
    for number, again in copies.items():
        if len(again) > 1:
            yield Offence(DOUBLE, number, f"it was queued again {len(again)} times: as {again}")
        if number in by_number and by_number[number].is_charged:
            yield Offence(DOUBLE, number, f"it is charged, and was queued again as {again}")
    for trial in account.trials:
        if trial.state in ("WAITING", "RUNNING"):
            yield Offence(LOST, trial.number, f"it is {trial.state} after the end")
        elif not trial.is_charged and trial.number not in copies:
            yield Offence(LOST, trial.number, f"it failed ({_class(trial)}) without charge, and nobody tries it again")


def _runs(account: Account) -> Iterator[Offence]:
    processes: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for seen in account.sightings:
        processes[seen.number].add((seen.pod, seen.pid))
    for number, ran in processes.items():
        if len(ran) > 1:
            yield Offence(DOUBLE, number, f"{len(ran)} processes ran it: {sorted(ran)}")


def _ends(account: Account) -> Iterator[Offence]:
    """A result in the database is one that was made, by the pod that is named there, and no other."""
    last = {seen.number: seen for seen in account.sightings}
    for trial in account.finished:
        seen = last.get(trial.number)
        if seen is None:
            yield Offence(FORGED, trial.number, f"it is {trial.state}, and nobody saw it run")
            continue
        if seen.pod != trial.attributes.get(protocol.POD_UID):
            yield Offence(FORGED, trial.number, f"it ran in pod {seen.pod}, and names another")
        if seen.event != ("end" if trial.state == "COMPLETE" else "pruned"):
            yield Offence(FORGED, trial.number, f"it is {trial.state}, and was last seen at `{seen.event}`")
        if trial.state == "COMPLETE" and seen.value != account.values.get(trial.number):
            yield Offence(FORGED, trial.number, f"it returned {seen.value}, told is {account.values.get(trial.number)}")


def _live(account: Account) -> Iterator[Offence]:
    """A node that was silent beyond the sweep's limit is the one reason to end what may still be alive."""
    ended = {
        trial.number: trial.completed
        for trial in account.trials
        if trial.completed is not None and not _is_given_up(account, trial)
    }
    late = {seen.number: seen for seen in account.sightings if seen.number in ended and seen.at > ended[seen.number]}
    for number, seen in late.items():
        seconds = (seen.at - ended[number]).total_seconds()
        yield Offence(LIVE_FAILED, number, f"it was at `{seen.event}` {seconds:.2f} s after it had been ended")


def _stubborn(account: Account) -> Iterator[Offence]:
    """A worker on such a node lives on: it finds out before it asks for another trial, and stops."""
    since: dict[str, datetime] = {}
    for trial in account.trials:
        if trial.completed is not None and _is_given_up(account, trial):
            pod = str(trial.attributes.get(protocol.POD_UID))
            since[pod] = min(since.get(pod, trial.completed), trial.completed)
    asked = {trial.number: trial.started for trial in account.trials}
    for seen in account.sightings:
        at = asked.get(seen.number)  # the process of a trial that was asked for just before begins just after
        if seen.event == "start" and seen.pod in since and at is not None and at > since[seen.pod]:
            seconds = (at - since[seen.pod]).total_seconds()
            yield Offence(STUBBORN, seen.number, f"pod {seen.pod} asked for it {seconds:.2f} s after it was given up")


def _charges(account: Account) -> Iterator[Offence]:
    for trial in account.charged:
        if trial.state == "FAIL" and not (_class(trial) == protocol.CRASHED and trial.number in account.killed):
            yield Offence(UNJUST, trial.number, f"it is charged as {_class(trial)}, and nobody killed its process")


def _budget(account: Account) -> Iterator[Offence]:
    done = [trial for trial in account.charged if trial.state in (*FINISHED, "FAIL")]
    if not len(account.charged) == len(done) == account.most:
        yield Offence(INEXACT, None, f"{len(account.charged)} charged, {len(done)} of them ended, of {account.most}")


def _stuck(account: Account) -> Iterator[Offence]:
    for number, seconds in account.stuck.items():
        yield Offence(STUCK, number, f"it was RUNNING for {seconds:.0f} s without a pod")


def _is_given_up(account: Account, trial: Trial) -> bool:
    """With its node. One that its worker began in that very moment has a pod that is gone, and names no node."""
    is_late = trial.number in account.silent and _class(trial) == protocol.PREEMPTED
    return trial.state == "FAIL" and (_class(trial) == protocol.NODE_LOST or is_late)


def _class(trial: Trial) -> str:
    return str(trial.attributes.get(protocol.CLASS, "without a class"))


def counted(offences: Iterable[Offence]) -> dict[str, int]:
    """For every rule, also those that nobody broke."""
    found = Counter(offence.rule for offence in offences)
    return {rule: found[rule] for rule in RULES}
