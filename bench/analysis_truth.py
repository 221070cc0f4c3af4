"""`python -m bench.analysis_truth [--sweeps N] [--seed S] [--trials T]`: how often the analysis is right and wrong.

Sweeps with a known truth (`bench.judge_sim.truth`) are searched and analyzed: `x1`, `x2`, `family` matter, `x3`, `lr`
and `depth` do nothing. docs/analysis.md has the output.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import optuna

from bench.judge_sim import truth
from bench.judge_sim.sweep import SAMPLERS, Plan, distribution, search
from hposweep.analysis.effects import effects
from hposweep.analysis.elite import elite
from hposweep.analysis.importances import importances
from hposweep.analysis.view import StudyView, view_of
from hposweep.judge.criteria.boundary_zones import TOUCHING
from hposweep.judge.statistics import wilson
from hposweep.model.history import History
from hposweep.model.stored_study import StoredStudy

EFFECT = 1.0  # of the better family, in units of g: 1.9 standard deviations
FAMILIES = 2
QUESTIONS = ("importance beyond chance", "direction", "at a bound")
AT_A_BOUND = "x2"  # the only optimum at a bound
Hits = dict[tuple[str, str, str], list[bool]]  # by question, sampler and parameter


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.analysis_truth")
    parser.add_argument("--sweeps", type=int, default=100, help="of each sampler")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trials", type=int, default=100)
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    hits = measure(arguments.sweeps, arguments.seed, arguments.trials)
    print(f"{arguments.sweeps} sweeps of {arguments.trials} trials for each sampler, SEED={arguments.seed}\n")
    for line in table(hits):
        print(line)
    return 0


def measure(sweeps: int, seed: int, trials: int) -> Hits:
    """Return for each parameter of each sweep whether the analysis names it."""
    hits: Hits = defaultdict(list)
    generator = random.Random(seed)  # noqa: S311  # of a simulation
    for _ in range(sweeps):
        for sampler in SAMPLERS:
            plan = Plan(generator.getrandbits(32), sampler, FAMILIES, trials, EFFECT)
            for question, names in _answers(view(plan)):
                for parameter in plan.parameters:
                    hits[question, sampler, parameter.name].append(parameter.name in names)
                hits[question, sampler, "any without effect"].append(bool(names & set(truth.DOES_NOTHING)))
    return hits


def view(plan: Plan) -> StudyView:
    """Return the simulated sweep as a study of Optuna has it, with the distributions of its trials."""
    space = {parameter.name: distribution(parameter) for parameter in plan.parameters}
    trials = tuple(replace(trial, distributions=space) for trial in search(plan).trials)
    return view_of(StoredStudy("simulated", ("MAXIMIZE",), History(trials), len(trials)))


def table(hits: Hits) -> Iterator[str]:
    """Yield a row for each question and parameter, with 95 % intervals."""
    yield f"| named by | parameter | truth | {' | '.join(SAMPLERS)} |"
    yield f"|---|---|---|{'---|' * len(SAMPLERS)}"
    names = list(dict.fromkeys(name for _, _, name in hits))
    for question in QUESTIONS:
        for name in names:
            if question == QUESTIONS[2] and name == "family":
                continue  # choices have no bounds
            cells = " | ".join(_cell(hits[question, sampler, name]) for sampler in SAMPLERS)
            yield f"| {question} | {name} | {_truth(question, name)} | {cells} |"


def _truth(question: str, name: str) -> str:
    if name in truth.DOES_NOTHING or name.startswith("any"):
        return "no effect"
    if question == QUESTIONS[2]:
        return "at its upper bound" if name == AT_A_BOUND else "inside"
    return "matters"


def _answers(study: StudyView) -> Iterator[tuple[str, set[str]]]:
    yield QUESTIONS[0], {item.parameter for item in importances(study, 0).parameters if item.is_distinct}
    yield QUESTIONS[1], {item.parameter for item in effects(study, 0).parameters if item.side}
    yield QUESTIONS[2], {item.parameter for item in elite(study).ranges if item.boundary == TOUCHING}


def _cell(answers: list[bool]) -> str:
    low, high = wilson(sum(answers), len(answers), 1.96)
    return f"{sum(answers) / len(answers):.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    sys.exit(main())
