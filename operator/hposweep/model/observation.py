"""All that one pass has read. Made by `observe`, passed to `judge`, `plan` and `report`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hposweep.allowed_pods import RESTRICTED_PODS, AllowedPods
from hposweep.api.names import BASELINE_PHASE, CHAMPIONS_PHASE, PREFLIGHT_PHASE, SEARCH_PHASE
from hposweep.gpu_weights import BUILT_IN_WEIGHTS, GpuWeights
from hposweep.model.baseline import Baseline
from hposweep.model.champions import ChampionsStudy
from hposweep.model.history import History
from hposweep.model.notifications import Delivery
from hposweep.model.ownership import SweepIdentity
from hposweep.model.storage import Storage
from hposweep.model.study_start import WarmStart
from hposweep.model.trials import Study
from hposweep.model.workers import Job, Pod, Workers


@dataclass(frozen=True, slots=True)
class Fault:
    """An invalid part of the spec: a reason of `Accepted`, and one sentence."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Closing:
    """The study as it was read after the pods, so that it has every trial of a pod that has ended."""

    study: Study
    history: History


@dataclass(frozen=True, slots=True)
class Observation:
    """The state of one sweep at one moment."""

    storage: Storage
    children: Mapping[str, Workers]  # by phase, the value of their label `hposweep.dev/phase`
    now: datetime  # the only clock of the pure layers
    refusals: tuple[Fault, ...] = ()  # of the cluster against the spec: template refused, source missing
    history: History | None = None  # None when the study could not be read
    closing: Closing | None = None  # read when a pod has ended whose GPU time is not counted
    baseline: Baseline | None = None  # None when the spec names none
    champions: ChampionsStudy | None = None  # None when it is not read
    identity: SweepIdentity | None = None  # of this sweep; None when no database could be read
    warm_starts: tuple[WarmStart, ...] | None = None  # None when there are none to enqueue
    references_version: str = ""  # of the Secrets and ConfigMaps of the pod template, while checks wait for them
    code_version: str = ""  # of the ConfigMap with the objective's code, before the search has started
    gpu_weights: GpuWeights = BUILT_IN_WEIGHTS  # of this installation
    allowed_pods: AllowedPods = RESTRICTED_PODS  # likewise
    source_digest: str | None = None  # of the objective's files, read only where a person approves
    record_fault: str | None = None  # why the history is not in the database; None before this process has tried
    deliveries: tuple[Delivery, ...] | None = None  # of this process; None where no notifications are sent

    @property
    def search(self) -> Workers:
        """The workers that run the search's trials; Jobs and pods of other phases are not among them."""
        return self.children.get(SEARCH_PHASE, Workers())

    @property
    def preflight(self) -> Workers:
        return self.children.get(PREFLIGHT_PHASE, Workers())

    @property
    def baseline_trial(self) -> Workers:
        return self.children.get(BASELINE_PHASE, Workers())

    @property
    def champion_workers(self) -> Workers:
        return self.children.get(CHAMPIONS_PHASE, Workers())

    @property
    def champions_as_search(self) -> Observation:
        """Return what a sweep would observe whose search trains the champions."""
        champions = self.champions if self.champions is not None else ChampionsStudy()
        return replace(
            self,
            storage=replace(self.storage, study=champions.study),
            history=champions.history,
            children={SEARCH_PHASE: self.champion_workers},
            baseline=None,
            champions=None,
        )

    @property
    def growing_study(self) -> Study | None:
        """The study whose trials may change: that of the champions, once it exists."""
        champions = self.champions.study if self.champions is not None else None
        return champions if champions is not None else self.storage.study

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The Jobs of all phases."""
        return tuple(job for workers in self.children.values() for job in workers.jobs)

    @property
    def pods(self) -> tuple[Pod, ...]:
        """The pods of all phases."""
        return tuple(pod for workers in self.children.values() for pod in workers.pods)

    @property
    def live_pods(self) -> tuple[Pod, ...]:
        """The pods of all phases in which a process of the sweep may be alive."""
        return tuple(pod for workers in self.children.values() for pod in workers.live_pods)
