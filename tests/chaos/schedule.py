"""Which faults happen when: drawn once from a seed, so that a run can be repeated. Pure; `test_chaos` plays it.

Two faults that would get in each other's way (a frozen server cannot be restarted) share a `part` of the world and come
one after the other; all others may overlap.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

DATABASE, API_SERVER, OPERATOR, NODES, NETWORK = "database", "API server", "operator", "nodes", "network"
KUBELET_STOP = "kubelet stop"


@dataclass(frozen=True, slots=True)
class Kind:
    """`weight` says how often it comes, `least` how often at least, and `seconds` how long it lasts.

    Of a rare one there is one in `RARE` faults.
    """

    weight: int
    seconds: tuple[float, float] = (0.0, 0.0)
    part: str = ""
    is_rare: bool = False
    least: int = 1


KINDS: Mapping[str, Kind] = {
    "worker kill -9": Kind(6),
    "trial kill -9": Kind(4),
    "pod delete": Kind(4),
    "eviction": Kind(4),
    KUBELET_STOP: Kind(2, (10.0, 60.0), NODES, least=3),
    "operator kill -9": Kind(3, part=OPERATOR),
    "two operators": Kind(2, (15.0, 25.0), OPERATOR),
    "API server restart": Kind(2, (0.0, 6.0), API_SERVER),
    "database restart": Kind(3, (0.0, 3.0), DATABASE),
    "database away": Kind(0, (60.0, 60.0), DATABASE, is_rare=True),
    "database hung": Kind(2, (10.0, 10.0), DATABASE),
    "network cut": Kind(3, (10.0, 20.0), NETWORK),
}
RARE = 40
GAP_SECONDS = (3.0, 14.0)  # between the starts of two faults
REST_SECONDS = 6.0  # between two on the same part of the world: long enough for it to be whole in between


@dataclass(frozen=True, slots=True)
class Fault:
    """`pick` in [0, 1) chooses the victim among those that there are at that moment."""

    number: int
    kind: str
    at_seconds: float
    seconds: float
    pick: float

    @property
    def part(self) -> str:
        return KINDS[self.kind].part


def schedule(seed: int, faults: int) -> list[Fault]:
    """In order of time. Every kind comes at least once when there are as many faults as kinds."""
    chance = random.Random(seed)
    waiting = _kinds(chance, faults)
    now, free_at = 0.0, dict.fromkeys((kind.part for kind in KINDS.values()), 0.0)
    drawn = []
    while waiting:
        now += chance.uniform(*GAP_SECONDS)
        name = next((name for name in waiting if _is_free(name, free_at, now)), None)
        if name is None:
            continue
        waiting.remove(name)
        kind = KINDS[name]
        seconds = chance.uniform(*kind.seconds)
        free_at[kind.part] = now + seconds + REST_SECONDS
        drawn.append(Fault(len(drawn) + 1, name, now, seconds, chance.random()))
    return drawn


def _is_free(name: str, free_at: Mapping[str, float], now: float) -> bool:
    part = KINDS[name].part
    return not part or free_at[part] <= now


def _kinds(chance: random.Random, faults: int) -> list[str]:
    common = {name: kind.weight for name, kind in KINDS.items() if not kind.is_rare}
    again = [name for name, kind in KINDS.items() for _ in range(1, kind.least)]
    names = [*_rare(faults), *common, *again][:faults]
    names += chance.choices(list(common), list(common.values()), k=faults - len(names))
    chance.shuffle(names)
    return names


def _rare(faults: int) -> Iterator[str]:
    for name, kind in KINDS.items():
        if kind.is_rare:
            yield from [name] * max(1, faults // RARE)
