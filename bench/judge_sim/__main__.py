"""`python -m bench.judge_sim [--sweeps N] [--seed S]`: simulate and judge in two processes, print tables."""

from __future__ import annotations

import argparse
import sys
import time

import optuna

from bench.judge_sim.processes import asked
from bench.judge_sim.questions import Answer
from bench.judge_sim.sweep import Plan, plans
from bench.judge_sim.tables import exceeding, tables

PROGRESS_SECONDS = 10.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.judge_sim")
    parser.add_argument("--sweeps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    began = shown = time.monotonic()
    print(f"{chosen.sweeps} simulated sweeps, SEED={chosen.seed}, Optuna {optuna.__version__}\n", flush=True)
    given: list[tuple[Plan, Answer]] = []
    for done, (plan, found) in enumerate(asked(plans(chosen.sweeps, chosen.seed)), start=1):
        given += [(plan, answer) for answer in found]
        if time.monotonic() - shown > PROGRESS_SECONDS:
            shown = time.monotonic()
            sys.stderr.write(f"{done} of {chosen.sweeps} sweeps, {shown - began:.0f} s\n")
    for line in tables(given):
        print(line)
    sys.stderr.write(f"\n{time.monotonic() - began:.0f} s\n")
    for row in exceeding(given):
        print(f"\nTOO OFTEN WRONG: {row}")
    return 1 if exceeding(given) else 0


if __name__ == "__main__":
    sys.exit(main())
