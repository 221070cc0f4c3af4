"""The actions of one pass, as data. `plan` lists them, `apply` executes them in that order and logs each one.

A new action is its class here, the planner that lists it, and a case in the executor: `apply.study` for the database,
the two implementations of `cluster.protocol` for the cluster, `notify.notifier` for notifications. mypy finds an
executor without that case.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from hposweep import text
from hposweep.model.enqueueing import Enqueueing
from hposweep.model.notifications import Attempt
from hposweep.model.ownership import SweepIdentity
from hposweep.model.source_state import SourceState


@dataclass(frozen=True, slots=True)
class CreateStudy:
    """Create the study, or claim one that is there (`is_adoption`). `take_over_from`: uid of an owner that is gone."""

    name: str
    directions: tuple[str, ...]  # Optuna's words: MINIMIZE, MAXIMIZE
    metric_names: tuple[str, ...]
    owner: str
    identity: SweepIdentity | None = None
    is_adoption: bool = False
    take_over_from: str = ""

    def message(self, count: int) -> str:
        if self.take_over_from:
            return f"took over study `{self.name}` from the sweep with uid {self.take_over_from}"
        return f"{'adopted' if self.is_adoption else 'created'} study `{self.name}`"


@dataclass(frozen=True, slots=True)
class SetControl:
    """Write the study attribute that workers obey."""

    study_id: int
    value: Mapping[str, Any]
    closes_breaker: bool = False  # forgets that the first trials failed alike, so that others may be tried

    def message(self, count: int) -> str:
        breaker = ", closed the circuit breaker" if self.closes_breaker else ""
        return f"set control of study {self.study_id} to {json.dumps(dict(self.value))}{breaker}"


@dataclass(frozen=True, slots=True)
class SetImages:
    """Write the study attribute with the image that each worker really runs: a digest by pod uid."""

    study_id: int
    by_pod: Mapping[str, str]

    def message(self, count: int) -> str:
        return f"recorded on study {self.study_id} the image digests of {text.count(len(self.by_pod), 'running pod')}"


@dataclass(frozen=True, slots=True)
class SetSource:
    """Write the study attribute with the state of the code that its newest trials run."""

    study_id: int
    source: SourceState

    def message(self, count: int) -> str:
        return f"recorded on study {self.study_id} its source {json.dumps(self.source.to_json())}"


@dataclass(frozen=True, slots=True)
class SetIdentity:
    """Write the study attribute with the names of the sweep that owns it."""

    study_id: int
    identity: SweepIdentity

    def message(self, count: int) -> str:
        return f"recorded on study {self.study_id} its sweep {json.dumps(self.identity.to_json())}"


@dataclass(frozen=True, slots=True)
class LostTrial:
    """A RUNNING trial whose worker is provably gone, and what is known of its end."""

    trial_id: int
    failure_class: str
    error: str


@dataclass(frozen=True, slots=True)
class FailTrials:
    """Fail lost trials. Each is retried by the rule of `hpotrial.protocol.requeue`, unless the sweep itself ends."""

    study_id: int
    trials: tuple[LostTrial, ...]
    max_retries: int
    is_final: bool = False  # the user ends the sweep now: nothing is retried, and nothing is charged

    def message(self, count: int) -> str:
        classes = ", ".join(sorted({trial.failure_class for trial in self.trials}))
        planned = "" if count == len(self.trials) else f", {len(self.trials)} planned"
        return f"failed {text.count(count, 'lost trial')} of study {self.study_id} ({classes}{planned})"


@dataclass(frozen=True, slots=True)
class DeleteStudy:
    """Delete the study of a sweep that is being deleted, with all of its trials."""

    name: str

    def message(self, count: int) -> str:
        return f"deleted study `{self.name}` with all of its trials"


@dataclass(frozen=True, slots=True)
class DisownStudy:
    """Leave the study of a sweep that is being deleted for another sweep to adopt."""

    study_id: int
    name: str
    owner: str

    def message(self, count: int) -> str:
        return f"disowned study `{self.name}`; another sweep may adopt it"


@dataclass(frozen=True, slots=True)
class CreateJob:
    """Create a Job that is not there yet, from a whole Kubernetes object."""

    manifest: Mapping[str, Any]

    def message(self, count: int) -> str:
        name, spec = self.manifest["metadata"]["name"], self.manifest["spec"]
        suspended = ", suspended" if spec.get("suspend") else ""
        return f"created Job `{name}` ({text.count(spec['parallelism'], 'worker')}{suspended})"


@dataclass(frozen=True, slots=True)
class ResizeJob:
    """Change the three fields of a Job that may change while it lives. The rest stays as it was created."""

    job: str
    size: int
    is_suspended: bool

    def message(self, count: int) -> str:
        if self.is_suspended:
            return f"suspended Job `{self.job}` (size {text.count(self.size, 'worker')})"
        return f"resized Job `{self.job}` to {text.count(self.size, 'worker')}, not suspended"


@dataclass(frozen=True, slots=True)
class DeletePod:
    """Delete a pod whose node does not answer, because its own kubelet cannot; or one that a container holds open."""

    pod: str
    node: str
    is_unreachable: bool = True

    def message(self, count: int) -> str:
        if not self.is_unreachable:
            return f"deleted pod `{self.pod}`: its trial container has ended, and another container did not"
        return f"deleted pod `{self.pod}` on unreachable node `{self.node}`"


@dataclass(frozen=True, slots=True)
class ResetBackoff:
    """Lower the disruptions that Kubernetes counts for the slot of a pod that has ended, so that the next one waits
    less.
    """

    pod: str
    disruptions: int

    def message(self, count: int) -> str:
        return f"reset the backoff of the slot of pod `{self.pod}` to {text.count(self.disruptions, 'disruption')}"


@dataclass(frozen=True, slots=True)
class ReleasePods:
    """Remove the finalizer of pods whose GPU time is counted, or is not needed any more."""

    pods: tuple[str, ...]

    def message(self, count: int) -> str:
        return f"released {text.count(len(self.pods), 'pod')} from the ledger of GPU time: {', '.join(self.pods)}"


@dataclass(frozen=True, slots=True)
class CreateConfigMap:
    """Create a ConfigMap of the sweep from a whole Kubernetes object. One of the sweep is complete already."""

    manifest: Mapping[str, Any]

    def message(self, count: int) -> str:
        names = ", ".join(self.manifest["data"])
        return f"created ConfigMap `{self.manifest['metadata']['name']}` ({names})"


@dataclass(frozen=True, slots=True)
class Notify:
    """Start one attempt to send a notification. `kind` is a word of apprise, shown as a colour or an icon."""

    sweep: str
    attempt: Attempt
    title: str
    body: str
    kind: str

    def message(self, count: int) -> str:
        key = self.attempt.key
        return (
            f"started attempt {self.attempt.number} to notify of {key.event} ({key.subject}) by Secret "
            f"`{key.secret_ref.name}`"
        )


StudyAction = (
    CreateStudy | SetControl | SetImages | SetSource | SetIdentity | FailTrials | Enqueueing | DeleteStudy | DisownStudy
)
ClusterAction = CreateJob | ResizeJob | DeletePod | ResetBackoff | ReleasePods | CreateConfigMap
Action = StudyAction | ClusterAction | Notify

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Plan:
    """Empty when the world is as it should be."""

    actions: tuple[Action, ...] = ()

    @classmethod
    def of(cls, *actions: Action | None) -> Self:
        """Build a plan from what each planner returned; None is no action."""
        return cls(tuple(action for action in actions if action is not None))

    def of_kind(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """Return the actions of one class, in order."""
        return tuple(action for action in self.actions if isinstance(action, kind))
