"""The outcome of a program that exited with 0: result file, metrics, or the last line of its output. `run` calls it.

In this order: the result file; the metrics of `spec.objective.metrics`, if one of them is an objective; the last line
as JSON; lines `name=value` that name the objectives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hpotrial.objective.command import result
from hpotrial.objective.command.metrics import MetricSearch
from hpotrial.objective.command.result import InvalidResultError, Result
from hpotrial.protocol.metrics import FIELD, Metric, any_pair, how_to_print


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics to find: those of the spec, and `name=value` for each objective without one."""

    configured: tuple[Metric, ...]
    objectives: tuple[str, ...]

    @property
    def all(self) -> tuple[Metric, ...]:
        names = {metric.name for metric in self.configured}
        return (*self.configured, *(Metric(name) for name in self.objectives if name not in names))

    @property
    def has_objective(self) -> bool:
        return any(metric.name in self.objectives for metric in self.configured)

    def search(self) -> MetricSearch:
        """Return a search that reports the steps of the only objective. Optuna prunes no study with several."""
        return MetricSearch(self.all, self.objectives[0] if len(self.objectives) == 1 else None)

    def outcome(self, file: Path, last_line: str, search: MetricSearch) -> Result | None:
        """Return the result; None when the program left none. Raises InvalidResultError."""
        outcome = self._outcome(file, last_line, search)
        if outcome is None:
            return None
        names = (metric.name for metric in self.configured if metric.name not in self.objectives)
        attributes = {name: search.values[name] for name in names if name in search.values}
        return replace(outcome, attributes={**attributes, **outcome.attributes})

    def _outcome(self, file: Path, last_line: str, search: MetricSearch) -> Result | None:
        is_written = file.exists() or file.is_symlink()
        if self.has_objective and not is_written:
            return Result(tuple(self._value(name, search) for name in self.objectives))
        try:
            return result.read(file, last_line)
        except InvalidResultError as error:
            if is_written:
                raise
            if self.objectives and all(name in search.values for name in self.objectives):
                return Result(tuple(search.values[name] for name in self.objectives))
            sentence = _unreadable(self.objectives, search) or _with_advice(error, last_line, self.objectives)
            raise InvalidResultError(sentence) from error

    def _value(self, name: str, search: MetricSearch) -> float:
        for position, metric in enumerate(self.all):
            if metric.name == name:
                is_configured = position < len(self.configured)
                place = f"{FIELD}[{position}] (`{name}`)" if is_configured else f"objective `{name}`"
                return search.value(metric, place)
        raise AssertionError(name)


def _unreadable(objectives: Sequence[str], search: MetricSearch) -> str:
    """Return a sentence about an objective that was printed as something else than a plain number."""
    for name in objectives:
        text = search.unreadable(name)
        if text is not None:
            return (
                f"the output has `{name}` as {result.excerpt(text)}, which is not a plain number. Print `{name}=…` "
                f"without a unit and without commas, or say in {FIELD} how it is printed"
            )
    return ""


def _with_advice(error: InvalidResultError, last_line: str, objectives: Sequence[str]) -> str:
    """Return the error and what to do; when the last line has pairs of other names, say which name is expected."""
    names = list(dict.fromkeys(match["name"] for match in any_pair().finditer(last_line)))
    if not objectives or not {"value", "values"}.isdisjoint(names):
        return str(error)
    missing = next((name for name in objectives if name not in names), objectives[0])
    problem = str(error)
    if names:
        problem = (
            f"the last line of its output: names {_listed(names)}, and no line has the objective `{missing}`; and "
            f"{result.FILE} was not written"
        )
    return f"{problem}. {how_to_print(missing)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:3])
