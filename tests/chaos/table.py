"""The one table at the end of a chaos run, and the story of every trial that breaks a rule. Pure text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.chaos.audit import RULES, Account, Offence, counted
from tests.chaos.player import Done
from tests.e2e.trials import Trial

SHOWN_LINES = 25


def table(
    seed: int,
    faults: Counter[str],
    accounts: Sequence[Account],
    longest_orphan_seconds: float,
    longest_wait_seconds: float,
) -> str:
    """What happened, what came of it, and how often each rule was broken."""
    failed = sum((account.failed for account in accounts), Counter[str]())
    offences = counted(offence for account in accounts for offence in account.offences)
    rows: list[tuple[str, object]] = [
        ("seed", seed),
        ("faults", faults.total()),
        *((f"  {kind}", faults[kind]) for kind in sorted(faults)),
        ("sweeps", len(accounts)),
        ("trials asked (trials.max)", sum(account.most for account in accounts)),
        ("trials charged", sum(len(account.charged) for account in accounts)),
        ("trials finished", sum(len(account.finished) for account in accounts)),
        ("trials retried", sum(len(account.retried) for account in accounts)),
        ("failures", failed.total()),
        *((f"  {word}", failed[word]) for word in sorted(failed)),
        ("results lost with their worker", sum(account.ends_lost for account in accounts)),
        ("longest RUNNING without a pod, s", round(longest_orphan_seconds)),
        ("longest that a fault waited for a worker, s", round(longest_wait_seconds)),
        *((f"{rule}: {RULES[rule]}", number) for rule, number in offences.items()),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def story(
    study: str, account: Account, offences: Iterable[Offence], logs: Mapping[str, str], done: Iterable[Done]
) -> str:
    """All that is known of the trials that an offence names, and of the faults of that time."""
    lines = [f"--- {study}"]
    for offence in offences:
        lines.append(f"{offence.rule}: " + (f"trial {offence.number}: " if offence.number is not None else ""))
        lines[-1] += offence.sentence
        for trial in account.trials:
            if trial.number == offence.number:
                lines += [f"    {line}" for line in _told(trial, account, logs, done)]
    return "\n".join(lines)


def _told(trial: Trial, account: Account, logs: Mapping[str, str], done: Iterable[Done]) -> Iterator[str]:
    yield f"{trial.state}, started {trial.started}, completed {trial.completed}"
    yield json.dumps({key: value for key, value in trial.attributes.items() if "log_tail" not in key}, sort_keys=True)
    seen = [sighting for sighting in account.sightings if sighting.number == trial.number]
    for sighting in [*seen[:1], *seen[1:][-3:]]:
        yield f"seen {sighting.at:%H:%M:%S.%f} {sighting.event} in {sighting.pod} pid {sighting.pid}"
    pod = str(trial.attributes.get("hposweep:pod", ""))
    log = logs.get(pod, "").splitlines()
    places = [place for place, line in enumerate(log) if f"trial {trial.number} " in line]
    shown = log[max(0, min(places) - 3) : max(places) + 4] if places else log[-SHOWN_LINES:]
    yield from (f"{pod}: {line}" for line in shown[:SHOWN_LINES])
    if trial.started is not None:
        end = trial.completed or trial.started
        yield from (f"fault {each}" for each in done if each.began <= end and each.ended >= trial.started)
