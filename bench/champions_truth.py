"""`python -m bench.champions_truth [--sweeps N] [--seed S]`: how often chance alone makes a champion look better.

A search of 100 trials draws true values and adds noise; its best are trained again with fresh noise. In the rows of
null champions, all configurations are equally good, so that each one that is called better is an error. The other rows
plant a better champion, and show how often it is picked. docs/judgement.md has the output.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hposweep.judge.champions.comparison import rank
from hposweep.judge.statistics import ALPHA, wilson
from hposweep.model.champions import Champion, ChampionResult

Floats = NDArray[np.float64]
Noise = Callable[[np.random.Generator, int], Floats]  # of variance 1

SEARCHED, BASELINE_TRIALS = 100, 20
SIZES = ((2, 2), (3, 3), (3, 5), (5, 3), (10, 5))  # top and seeds
NOISES: dict[str, Noise] = {
    "normal": lambda generator, size: generator.normal(size=size),
    "heavy tails (t with 3 degrees)": lambda generator, size: generator.standard_t(3, size) / np.sqrt(3),
    "skewed (exponential)": lambda generator, size: generator.exponential(size=size) - 1,
    "skewed downwards": lambda generator, size: 1 - generator.exponential(size=size),
    "coarse (rounded to 1 sd)": lambda generator, size: np.round(generator.normal(size=size)),
    "two values": lambda generator, size: generator.choice([-1.0, 1.0], size),
}
LEADS = (1.0, 2.0, 4.0)  # of the best champion, in standard deviations of the noise
FAR = 100.0  # a lead that no noise hides
SHARED = 0.7  # of the variance, by the seed: the same in all champions


@dataclass(slots=True)
class Tally:
    """Sweeps of one row. `better`: a champion was called better than the others.

    `above`: one was called better than a baseline that is their true mean; `above_best`: than the best of an equal
    search of 20 trials, as a baseline is.
    """

    sweeps: int = 0
    better: int = 0
    right: int = 0
    above: int = 0
    above_best: int = 0
    curses: list[float] = field(default_factory=list)


def champions_of(
    generator: np.random.Generator, noise: Noise, top: int, seeds: int, lead: float, shared: float, leaders: int
) -> list[ChampionResult]:
    """Return the best of a search in which all are equally good, trained again; the first `leaders` have the lead."""
    shown = np.sort(noise(generator, SEARCHED))[::-1][:top]
    by_seed = noise(generator, seeds) * np.sqrt(shared)
    results = []
    for place in range(top):
        values = by_seed + noise(generator, seeds) * np.sqrt(1 - shared) + (lead if place < leaders else 0.0)
        champion = Champion(place + 1, place, float(shown[place]) + (lead if place < leaders else 0.0))
        results.append(ChampionResult(champion, seeds, dict(enumerate(map(float, values)))))
    return results


def measure(
    sweeps: int,
    seed: int,
    noise: Noise,
    top: int,
    seeds: int,
    *,
    lead: float = 0.0,
    shared: float = 0.0,
    leaders: int = 1,
) -> Tally:
    """Return how the verdicts of so many sweeps were. The baseline is as good as the champions without a lead."""
    generator, tally = np.random.default_rng(seed), Tally(sweeps)
    for _ in range(sweeps):
        results = champions_of(generator, noise, top, seeds, lead, shared, leaders)
        among = rank(results, None, is_maximized=True)
        tally.better += among.pick is not None
        tally.right += among.pick == 1
        tally.curses.append(among.curse or 0.0)
        tally.above += _beats(results, 0.0)
        tally.above_best += _beats(results, float(noise(generator, BASELINE_TRIALS).max()))
    return tally


def _beats(results: list[ChampionResult], baseline: float) -> bool:
    entries = rank(results, baseline, is_maximized=True).champions
    return any(entry.baseline_p is not None and entry.baseline_p <= ALPHA for entry in entries)


def null_table(sweeps: int, seed: int) -> Iterator[str]:
    """Yield the rows of null champions."""
    yield "| null champions: noise | top x seeds | all equal: one called better | only the two best equal | curse |"
    yield "|---|---|---|---|---|"
    rows = [(name, noise, 0.0) for name, noise in NOISES.items()]
    for name, noise, shared in (*rows, ("normal, 70 % of it by the seed", NOISES["normal"], SHARED)):
        for top, seeds in SIZES:
            tally = measure(sweeps, seed, noise, top, seeds, shared=shared)
            two = measure(sweeps, seed, noise, top, seeds, shared=shared, lead=FAR, leaders=2)
            curse = float(np.mean(tally.curses))
            cells = f"{_share(tally.better, sweeps)} | {_share(two.better, sweeps)} | {curse:.2f} sd"
            yield f"| {name} | {top} x {seeds} | {cells} |"


def baseline_table(sweeps: int, seed: int) -> Iterator[str]:
    """Yield how often one of them is called better than a baseline that is as good as they are."""
    heads = " | ".join(f"{top} x {seeds}" for top, seeds in SIZES)
    yield f"| one called better than the baseline: noise | baseline | {heads} |"
    yield f"|---|---|{'---|' * len(SIZES)}"
    for name, noise in NOISES.items():
        tallies = [measure(sweeps, seed, noise, top, seeds) for top, seeds in SIZES]
        means, bests = (
            [f"{getattr(tally, kind) / sweeps:.3f}" for tally in tallies] for kind in ("above", "above_best")
        )
        yield f"| {name} | their true mean | {' | '.join(means)} |"
        yield f"| {name} | the best of 20 equal trials | {' | '.join(bests)} |"


def power_table(sweeps: int, seed: int) -> Iterator[str]:
    """Yield how often a planted lead is seen."""
    heads = " | ".join(f"lead of {lead:g} sd" for lead in LEADS)
    yield f"| the better champion is picked | {heads} |"
    yield f"|---|{'---|' * len(LEADS)}"
    for top, seeds in ((3, 3), (3, 5), (3, 10)):
        for shared, name in ((0.0, "independent"), (SHARED, "70 % by the seed")):
            tallies = [measure(sweeps, seed, NOISES["normal"], top, seeds, lead=lead, shared=shared) for lead in LEADS]
            cells = " | ".join(f"{tally.right / sweeps:.2f}" for tally in tallies)
            yield f"| {top} x {seeds}, noise {name} | {cells} |"


def _share(count: int, sweeps: int) -> str:
    low, high = wilson(count, sweeps)
    return f"{count / sweeps:.3f} ({low:.3f} to {high:.3f})"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.champions_truth", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sweeps", type=int, default=2000, help="of each row (default: 2000)")
    parser.add_argument("--seed", type=int, default=1, help="of the simulation (default: 1)")
    options = parser.parse_args(arguments)
    for table in (null_table, baseline_table, power_table):
        for row in table(options.sweeps, options.seed):
            print(row, flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
