"""The conclusion from the champions: status, reason and message of their condition. Called by `verdict`."""

from __future__ import annotations

from hposweep.api import conditions as c
from hposweep.api.champions import ChampionsSpec
from hposweep.api.sweep import Sweep
from hposweep.judge.champions.selection import metric_place
from hposweep.judge.statistics import ALPHA
from hposweep.model.champions import ChampionResult, ChampionsResult
from hposweep.text import clauses, count, number


def conclusion(sweep: Sweep, result: ChampionsResult) -> tuple[str, str, str]:
    """Return the condition: one champion can be used, or the trials cannot tell, or all are worse than the baseline."""
    spec = sweep.spec.champions or ChampionsSpec()
    goals = sweep.spec.study.objectives
    goal = goals[metric_place(spec, goals)].name
    status, reason, head = _verdict(result, goal)
    return status, reason, clauses(head, _baseline_fault(sweep, result), _missing(spec, result), _curse(spec, result))


def _verdict(result: ChampionsResult, goal: str) -> tuple[str, str, str]:
    pick = next((entry for entry in result.champions if entry.champion.rank == result.pick), None)
    if pick is not None:
        return c.TRUE, c.VALIDATED, f"use {_named(pick, goal)}: {_reasons(result, pick)}"
    best, behind = result.champions[0], [entry.behind_p for entry in result.champions if entry.values]
    if result.baseline is not None and behind and all(p is not None and p <= ALPHA for p in behind):
        message = f"every champion is worse than baseline {number(result.baseline)}; the best is {_named(best, goal)}"
        return c.FALSE, c.WORSE_THAN_BASELINE, message
    return c.UNKNOWN, c.CANNOT_TELL, f"{_why(result)}; the best mean has {_named(best, goal)}"


def _named(entry: ChampionResult, goal: str) -> str:
    interval = "" if entry.low is None or entry.high is None else f", 90 % interval {_range(entry)}"
    mean = number(entry.mean) if entry.mean is not None else "no value"
    seeds = count(len(entry.values), "seed")
    return f"champion {entry.champion.rank} (trial {entry.champion.trial}, mean {goal} {mean} over {seeds}{interval})"


def _range(entry: ChampionResult) -> str:
    return f"{number(entry.low or 0.0)} to {number(entry.high or 0.0)}"


def _reasons(result: ChampionsResult, pick: ChampionResult) -> str:
    others = len([entry for entry in result.champions if entry.values]) - 1
    is_ahead = result.lead_p is not None and result.lead_p <= ALPHA
    is_ahead = is_ahead and result.champions[0] is pick
    reasons = []
    if result.baseline is not None:
        reasons.append(f"better than baseline {number(result.baseline)} (corrected p {pick.baseline_p:.2g})")
    if is_ahead:
        reasons.append(
            f"better than {'the other champion' if others == 1 else 'each other champion'} (p {result.lead_p:.2g})"
        )
    elif others:
        reasons.append(
            "not distinguishable from the other champions"
            if others > 1
            else "not distinguishable from the other champion"
        )
    return " and ".join(reasons)


def _why(result: ChampionsResult) -> str:
    """Return why no champion can be picked."""
    with_value = [entry for entry in result.champions if entry.values]
    if all(len(entry.values) < 2 for entry in with_value):
        return "no champion can be picked, because a comparison needs at least 2 seeds with a value"
    if all(len(set(entry.values.values())) == 1 for entry in with_value):
        return (
            "no champion can be picked, because each seed gave the same value: the objective does not depend on "
            "`HPO_SEED`, so chance cannot be means"
        )
    if result.baseline is not None:
        return f"no champion is better than baseline {number(result.baseline)} beyond chance"
    if len(with_value) == 1:
        return "one champion and no `spec.baseline`, so there is nothing to compare with"
    return "no champion is better than each other one beyond chance"


def _baseline_fault(sweep: Sweep, result: ChampionsResult) -> str:
    if sweep.spec.baseline is None or result.baseline is not None:
        return ""
    return "`spec.baseline` has no value to compare with"


def _missing(spec: ChampionsSpec, result: ChampionsResult) -> str:
    total, with_value = spec.seeds * len(result.champions), sum(len(entry.values) for entry in result.champions)
    fewer = ""
    if len(result.champions) < spec.top:
        fewer = f"the search has {count(len(result.champions), 'different configuration')} of the {spec.top} asked for"
    missing = f"{count(total - with_value, 'trial')} of {total} gave no value" if with_value < total else ""
    return clauses(*(text for text in (fewer, missing) if text))


def _curse(spec: ChampionsSpec, result: ChampionsResult) -> str:
    """Return how much better the search showed the champions than they are."""
    if result.curse is None:
        return ""
    direction = "better" if result.curse > 0 else "worse"
    changes = " and the overrides" if spec.overrides else ""
    cause = f"winner's curse{changes}" if result.curse > 0 else "the overrides" if spec.overrides else "chance"
    return f"the search showed them {number(abs(result.curse))} {direction} on average ({cause})"
