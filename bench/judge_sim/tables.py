"""Count answers and print the tables of docs/judgement.md. Shares have Wilson's 95 % intervals. Used by `__main__`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bench.judge_sim.questions import Answer, Question
from bench.judge_sim.sweep import SAMPLERS, Plan
from bench.judge_sim.truth import DEVIATION
from hposweep.judge.statistics import wilson

TWO_SIDED_95 = 1.959964
ALLOWED = 0.05
SURE = 3.3  # standard deviations: in a table of forty rows, a row beyond that is not chance
FEWEST = 50  # trials; with fewer a rule is Unknown, and its errors would look rarer than they are

Given = tuple[Plan, Answer]
K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class Count:
    """Counts of the answers to one question."""

    asked: int = 0
    claimed: int = 0
    unknown: int = 0

    def add(self, answer: Answer) -> None:
        self.asked += 1
        self.claimed += answer.claims
        self.unknown += answer.is_unknown

    @property
    def share(self) -> str:
        if not self.asked:
            return "-"
        low, high = wilson(self.claimed, self.asked, TWO_SIDED_95)
        return f"{self.claimed / self.asked:.3f} ({low:.3f} to {high:.3f})"

    @property
    def unknown_share(self) -> str:
        return f"{self.unknown / self.asked:.2f}" if self.asked else "-"


def tables(given: Sequence[Given]) -> Iterator[str]:
    enough = [(plan, answer) for plan, answer in given if plan.trials >= FEWEST]
    yield f"**False verdicts** ({FEWEST} trials and more; 95 % interval; n sweeps). Allowed: {ALLOWED:g}."
    yield ""
    yield from _wrong(enough)
    yield ""
    yield (
        "**True verdicts**: power by number of trials (n sweeps), and with the last 24 of them spent on contrast "
        "trials."
    )
    yield ""
    yield from _right(given)
    yield ""
    yield "**Unknown**, as a share of all sweeps, by number of trials."
    yield ""
    yield from _unknown(given)


def exceeding(given: Sequence[Given]) -> list[str]:
    """Return the rules that are significantly wrong too often."""
    enough = [(plan, answer) for plan, answer in given if plan.trials >= FEWEST and not answer.question.is_true]
    counts = _counted(enough, lambda plan, answer: (_row(answer), plan.sampler))
    return [
        f"{row}, {sampler}: {count.share}"
        for (row, sampler), count in counts.items()
        if wilson(count.claimed, count.asked, SURE)[0] > ALLOWED and not _is_description(row)
    ]


def _wrong(given: Iterable[Given]) -> Iterator[str]:
    false = [(plan, answer) for plan, answer in given if not answer.question.is_true]
    counts = _counted(false, lambda plan, answer: (_row(answer), plan.sampler))
    yield _line("rule and what it is about", *(f"{sampler} | n" for sampler in SAMPLERS))
    yield "|---|---|---|---|---|"
    for row in dict.fromkeys(row for row, _ in counts):
        cells = (f"{counts[row, sampler].share} | {counts[row, sampler].asked}" for sampler in SAMPLERS)
        yield _line(row, *cells)


def _right(given: Iterable[Given]) -> Iterator[str]:
    true = [(plan, answer) for plan, answer in given if answer.question.is_true]
    counts = _counted(
        true, lambda plan, answer: (answer.question, _effect(plan, answer), plan.sampler, plan.trials, answer.has_pairs)
    )
    sizes = sorted({plan.trials for plan, _ in true if plan.trials >= FEWEST})
    yield _line(
        "rule and what it is about",
        "planted",
        "sampler",
        *(f"{size} trials" for size in sizes),
        *(f"{size}, contrast" for size in sizes),
    )
    yield "|---" * (3 + 2 * len(sizes)) + "|"
    for question, effect, sampler in dict.fromkeys((q, e, s) for q, e, s, _, _ in sorted(counts, key=_order)):
        found = [counts[question, effect, sampler, size, pairs] for pairs in (False, True) for size in sizes]
        cells = (f"{count.claimed / count.asked:.2f} (n {count.asked})" if count.asked else "-" for count in found)
        yield _line(question.title, effect, sampler, *cells)


def _unknown(given: Iterable[Given]) -> Iterator[str]:
    counts = _counted(given, lambda plan, answer: (answer.question.rule, plan.trials))
    sizes = sorted({plan.trials for plan, _ in given})
    yield _line("rule", *(f"{size} trials" for size in sizes))
    yield "|---" * (1 + len(sizes)) + "|"
    for rule in dict.fromkeys(rule for rule, _ in counts):
        yield _line(f"`{rule}`", *(counts[rule, size].unknown_share for size in sizes))


def _counted(given: Iterable[Given], key: Callable[[Plan, Answer], K]) -> defaultdict[K, Count]:
    counts: defaultdict[K, Count] = defaultdict(Count)
    for plan, answer in given:
        counts[key(plan, answer)].add(answer)
    return counts


def _row(answer: Answer) -> str:
    return f"{answer.question.title}{', with contrast trials' if answer.has_pairs else ''}"


def _is_description(row: str) -> bool:
    """Return whether the product presents the row as a description and not as a verdict."""
    return "`boundariesResolved` True" in row


def _effect(plan: Plan, answer: Answer) -> str:
    is_of_family = answer.question.about == "family"
    return f"{plan.effect / DEVIATION:.2g} sd" if is_of_family else "as above"


def _order(key: tuple[Question, str, str, int, bool]) -> tuple[str, ...]:
    question, effect, sampler, *_ = key
    return (question.title, effect, sampler)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
