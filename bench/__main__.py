"""Run every pair, interleaved, and print the tables of docs/performance.md. `python -m bench [--quick]`."""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import fields

import optuna

from bench.deletion import TRIALS, deletion
from bench.judging import judging
from bench.runs import Figures, Workload, bare, ours
from bench.scraping import scraping
from bench.server import database, server
from bench.starts import starts, torch_path
from tests.postgres_server import PostgresServer

ROUNDS = 3
LOADS = {
    "no work, random sampler, 1 process": Workload("six", "RandomSampler", 1, 200),
    "no work, random sampler, 4 processes": Workload("six", "RandomSampler", 4, 400),
    "no work, TPE, 4 processes": Workload("six", "TPESampler", 4, 200),
    "1-second trials, random sampler, 4 processes, own process each": Workload(
        "second", "RandomSampler", 4, 40, isolation="Process"
    ),
}
NAMES = {
    "trials_per_second": "trials/s",
    "cpu_milliseconds": "CPU ms per trial",
    "server_cpu_milliseconds": "server CPU ms per trial",
    "statements": "statements per trial",
    "commits": "commits per trial",
}


def main(arguments: list[str]) -> int:
    description = "Run every pair, interleaved, and print the tables of docs/performance.md. It takes many minutes."
    parser = argparse.ArgumentParser(prog="python -m bench", description=description)
    parser.add_argument("--quick", dest="is_quick", action="store_true", help=f"one round instead of {ROUNDS}")
    rounds = 1 if parser.parse_args(arguments).is_quick else ROUNDS
    optuna.logging.set_verbosity(optuna.logging.WARNING)  # print only the table
    with server() as running:
        print(f"| {rounds} rounds, interleaved; medians | bare Optuna | HPOSweep | ratio |\n|---|---|---|---|")
        for number, (title, load) in enumerate(LOADS.items()):
            pairs = [_pair(running, load, f"b{number}r{turn}") for turn in range(rounds)]
            for field in fields(Figures):
                theirs = statistics.median(getattr(pair[0], field.name) for pair in pairs)
                mine = statistics.median(getattr(pair[1], field.name) for pair in pairs)
                ratio = statistics.median(
                    getattr(pair[1], field.name) / max(getattr(pair[0], field.name), 1e-9) for pair in pairs
                )
                print(f"| {title}: {NAMES[field.name]} | {theirs:.3g} | {mine:.3g} | {ratio:.2f} |", flush=True)
        _deletion(running, rounds)
        _torch(running)
    print("\n| one judgement of a whole sweep | when trials have finished | again |\n|---|---|---|")
    for found in judging():
        print(f"| {found.trials} trials | {found.first:.1f} ms | {found.again:.1f} ms |", flush=True)
    print()
    for line in scraping():
        print(line, flush=True)
    return 0


def _pair(running: PostgresServer, load: Workload, name: str) -> tuple[Figures, Figures]:
    url = database(running, name)
    return bare(load, running, url, "bare", 1), ours(load, running, url, "ours", 1)


def _deletion(running: PostgresServer, rounds: int) -> None:
    found = deletion(running, rounds)
    what = f"a study of {TRIALS:,} trials, 6 parameters and 10 steps each, deleted"
    print(f"| {what} | {found.bare_seconds:.2f} s | {found.our_seconds:.2f} s | {found.ratio:.3f} |", flush=True)


def _torch(running: PostgresServer) -> None:
    folder = torch_path()
    if folder is None:
        print("\ntorch cannot be imported here and no trial image was built, so its start was not measured")
        return
    found = starts(running, folder)
    share = found.gap_seconds / found.cold_seconds
    print(
        f"| torch: cold `import torch`, and from one trial's last line to the next one's first in a warm worker | "
        f"{found.cold_seconds:.2f} s | {found.gap_seconds * 1000:.1f} ms | {share:.2%} |"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
