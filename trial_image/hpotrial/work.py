"""What a worker is to do: the spec's own blocks, as the operator put them into one environment variable.

Parsed once at start; whatever cannot work is refused here with a sentence that names the field, before the first trial.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler

from hpotrial import contract, sampling, space
from hpotrial.patience import OUTAGE_SECONDS


class InvalidWorkError(Exception):
    """No worker could do this."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who runs a trial."""

    pod: str
    uid: str
    node: str
    index: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Identity:
        return cls(
            pod=environ.get(contract.POD_NAME_ENV, ""),
            uid=environ.get(contract.POD_UID_ENV, ""),
            node=environ.get(contract.NODE_NAME_ENV, ""),
            index=int(environ.get(contract.WORKER_INDEX_ENV) or 0),
        )


@dataclass(frozen=True, slots=True)
class Work:
    """`objective`, `searchSpace`, `sampler`, `pruner` and `objectives` of the sweep."""

    reference: str
    search_space: tuple[Mapping[str, Any], ...]
    sampler: Mapping[str, Any]
    pruner: Mapping[str, Any]
    objectives: tuple[str, ...]
    outage_seconds: float = OUTAGE_SECONDS

    @classmethod
    def from_json(cls, text: str) -> Work:
        try:
            block = json.loads(text)
            objective = block["objective"]
            work = cls(
                reference=objective["python"],
                search_space=tuple(block.get("searchSpace") or ()),
                sampler=block.get("sampler") or {},
                pruner=block.get("pruner") or {},
                objectives=tuple(entry["name"] for entry in block.get("objectives") or ()),
                outage_seconds=float(block.get("outageSeconds", OUTAGE_SECONDS)),
            )
            work._check(objective.get("fixed") or {})
        except json.JSONDecodeError as error:
            raise InvalidWorkError(f"{contract.WORK_ENV}: not JSON ({error})") from error
        except (KeyError, TypeError) as error:
            raise InvalidWorkError(
                f"{contract.WORK_ENV}: `objective.python` and such are missing: {error!r}"
            ) from error
        except ValueError as error:
            raise InvalidWorkError(str(error)) from error
        return work

    def _check(self, fixed: Mapping[str, Any]) -> None:
        both = fixed.keys() & space.distributions(self.search_space).keys()
        if both:
            raise ValueError(f"searchSpace: `{min(both)}` is in `objective.fixed` too; it must be in one of them only")

    def make_sampler(self, worker: int) -> BaseSampler:
        name = self.sampler.get("name") or sampling.DEFAULT_SAMPLER
        try:
            return sampling.make_sampler(name, self.sampler.get("options"), self.sampler.get("seed"), worker)
        except ValueError as error:
            raise InvalidWorkError(str(error)) from error

    def make_pruner(self) -> BasePruner:
        try:
            return sampling.make_pruner(self.pruner.get("name") or sampling.DEFAULT_PRUNER, self.pruner.get("options"))
        except ValueError as error:
            raise InvalidWorkError(str(error)) from error
