"""Specs of an attacker: each list as long as the schema allows, and the combinations of them that fit an object.

`LARGE_SPECS` has one for each kind of field. `MIXTURES` draws combinations. None needs to be valid: what the schema
lets through is the operator's to refuse, within the same limits of time and memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests import builders

Json = dict[str, Any]
MAX_BYTES = 1_400_000  # of an object that the API server stores
PARAMETERS = 100
DEPTH = "$depth"


def space(parameters: int = PARAMETERS, choices: int = 0, characters: int = 0, *, is_conditional: bool = False) -> Json:
    """Return a search space of numbers, or of choices that are texts of so many characters."""
    if not choices:
        blocks = [builders.float_parameter(f"p{number}", 0.0, 1.0) for number in range(parameters)]
    else:
        texts = [str(number).ljust(characters, "x") for number in range(choices)]
        blocks = [builders.categorical_parameter(f"p{number}", *texts) for number in range(parameters)]
    if is_conditional:
        values = blocks[0]["categorical"]["choices"] if choices else [0.5]
        blocks = [blocks[0], *(block | {"when": builders.when("p0", *values)} for block in blocks[1:])]
    return {"searchSpace": blocks}


def criteria(tiers: int, of_a_tier: int, alternatives: int, mentions: int, kind: str = "clearTrend") -> Json:
    """Return tiers of criteria, each with alternatives that name so many parameters."""
    block = {kind: {"parameters": [f"p{number}" for number in range(mentions)]}}
    criterion = {"anyOf": [block] * alternatives} if alternatives else block
    return space() | {"success": {f"tier{number}": [criterion] * of_a_tier for number in range(tiers)}}


def decisions(points: int = 16, rules: int = 8, alternatives: int = 8, mentions: int = 64) -> Json:
    block = {"boundariesResolved": {"parameters": [f"p{number}" for number in range(mentions)]}}
    when = {"anyOf": [block] * alternatives}
    return space() | {
        "decisionPoints": [
            {
                "name": f"point-{number}",
                "at": {"trials": number + 1},
                "rules": [{"when": when, "then": "Stop", "label": "x" * 60}] * rules,
                "otherwise": "Continue",
            }
            for number in range(points)
        ]
    }


def shares(tiers: int = 8, of_a_tier: int = 16, parameters: int = 20) -> Json:
    blocks = [{"eliteShare": {"parameter": f"p{number % parameters}", "min": 0.5}} for number in range(of_a_tier)]
    return space(parameters, choices=50, characters=10) | {"success": {f"tier{n}": blocks for n in range(tiers)}}


def sampler(name: str, options: Json, **more: Any) -> Json:
    return {"study": builders.study(sampler={"name": name, "options": options}), **more}


def pruner(depth: int) -> Json:
    block: Json = {"name": "MedianPruner", "options": {}}
    for _ in range(depth):
        block = {"name": "PatientPruner", "options": {"wrapped_pruner": block, "patience": 1}}
    return {"study": builders.study(pruner=block)}


def expanded(value: Any) -> Any:
    """Return the value with lists inside each other where it says so, which most encoders cannot write."""
    if isinstance(value, dict) and DEPTH in value:
        nested: Any = 1
        for _ in range(value[DEPTH]):
            nested = [nested]
        return nested
    if isinstance(value, dict):
        return {key: expanded(item) for key, item in value.items()}
    return [expanded(item) for item in value] if isinstance(value, list) else value


def grid(parameters: int, values: int) -> Json:
    return {f"p{number}": [place / values for place in range(values)] for number in range(parameters)}


def preflight() -> Json:
    return {
        "preflight": {
            "imports": [{"module": f"m{number}", "version": ">=1"} for number in range(50)],
            "paths": [{"path": f"/data/{'x' * 900}{number}"} for number in range(50)],
            "commands": [["x" * 1000] * 32] * 16,
        }
    }


LARGE_SPECS: Mapping[str, Callable[[], Json]] = {
    "plain": dict,
    "grid of 200^3 points": lambda: sampler("GridSampler", {"search_space": grid(3, 200)}) | space(3),
    "grid of 46^3 points": lambda: sampler("GridSampler", {"search_space": grid(3, 46)}) | space(3),
    "grid of 2^16 points": lambda: sampler("GridSampler", {"search_space": grid(16, 2)}) | space(16),
    "CMA-ES of 100 parameters": lambda: sampler("CmaEsSampler", {}) | space(),
    "QMC sampler": lambda: sampler("QMCSampler", {"qmc_type": "sobol"}) | space(),
    "genetic population of 10^9": lambda: sampler("NSGAIISampler", {"population_size": 10**9}) | space(),
    "reference points of NSGA-III": lambda: sampler("NSGAIIISampler", {"dividing_parameter": 10**6}) | space(),
    "start-up trials of 10^18": lambda: sampler("TPESampler", {"n_startup_trials": 10**18}) | space(),
    "options of 100 KB": lambda: sampler("TPESampler", {f"o{n}": "x" * 20_000 for n in range(50)}),
    "pruners in 4 levels": lambda: pruner(4),
    "pruners in 200 levels": lambda: pruner(200),
    "hyperband of 10^9 brackets": lambda: {
        "study": builders.study(
            pruner={"name": "HyperbandPruner", "options": {"min_resource": 1, "max_resource": 10**300}}
        )
    },
    "100 parameters": space,
    "1,000 choices in 100 parameters": lambda: space(100, 1000, 8),
    "choices of 1 KB": lambda: space(13, 100, 1000),
    "conditions of 1,000 values": lambda: space(40, 1000, 8, is_conditional=True),
    "trends of 64 parameters": lambda: criteria(8, 1, 0, 64),
    "8,192 trends": lambda: criteria(8, 16, 8, 8),
    "65,536 parameters in trends": lambda: criteria(8, 16, 8, 64),
    "boundaries of 64 parameters": lambda: criteria(8, 1, 0, 64, "boundariesResolved"),
    "boundaries in alternatives": lambda: criteria(8, 4, 8, 16, "boundariesResolved"),
    "shares": shares,
    "decision points": decisions,
    "one decision point of 512 parameters": lambda: decisions(1, 1, 8, 64),
    "500 points to try first": lambda: {
        "study": builders.study(enqueue=[{f"p{number}": 0.5 for number in range(100)}] * 500),
        **space(),
    },
    "fixed values of 1 MB": lambda: {
        "objective": {"python": "t:o", "fixed": {f"f{n}": "x" * 12_000 for n in range(90)}}
    },
    "fixed values in 9,000 levels": lambda: {"objective": {"python": "t:o", "fixed": {"deep": {DEPTH: 9000}}}},
    "options in 9,000 levels": lambda: sampler("TPESampler", {"deep": {DEPTH: 9000}}),
    "a template in 9,000 levels": lambda: {"workers": builders.workers(affinity={DEPTH: 9000})},
    "choices in 90 levels": lambda: {"searchSpace": [builders.categorical_parameter("p0", {DEPTH: 90}, 1)]},
    "a command of 64 KB": lambda: {"objective": {"command": ["$(HPO_ARGS)" * 90] * 64}},
    "preflight": preflight,
    "a template of 1 MB": lambda: {"workers": builders.workers(volumes=[{"name": "v" * 60, "x": "y" * 900}] * 1000)},
    "64 answers": lambda: {
        "answers": [{"decision": f"d{n}", "answer": "Continue", "by": "x", "reason": "y" * 1000} for n in range(64)]
    },
}


@dataclass(frozen=True, slots=True)
class Mixture:
    """Some of the specs in one, with tiers and a search space of any size: small, so that a failing one is printed."""

    names: tuple[str, ...]
    tiers: tuple[int, int, int, int, str] | None
    parameters: tuple[int, int, int] | None

    def blocks(self) -> Json:
        """Return the blocks of the spec; without the largest, until the API server would store it."""
        blocks: Json = {}
        for name in self.names:
            blocks |= LARGE_SPECS[name]()
        blocks |= criteria(*self.tiers) if self.tiers is not None else {}
        blocks |= space(*self.parameters) if self.parameters is not None else {}
        while len(json.dumps(blocks)) > MAX_BYTES:
            del blocks[max(blocks, key=lambda name: len(json.dumps(blocks[name])))]
        return blocks


MIXTURES = st.builds(
    Mixture,
    st.lists(st.sampled_from(sorted(LARGE_SPECS)), min_size=1, max_size=4, unique=True).map(tuple),
    st.none()
    | st.tuples(
        st.integers(1, 8), st.integers(1, 16), st.integers(0, 8), st.integers(1, 64),
        st.sampled_from(["clearTrend", "boundariesResolved"]),
    ),
    st.none() | st.tuples(st.integers(1, 100), st.integers(0, 200), st.integers(1, 50)),
)  # fmt: skip
