"""One HPOSweep object as the API server shows it: identity, `spec`, and the `status` that was written last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hposweep.api.managers import FieldManager, managers
from hposweep.api.names import RETRY_BASELINE_ANNOTATION, RETRY_PREFLIGHT_ANNOTATION, study_name
from hposweep.api.spec import Spec
from hposweep.api.status import Status
from hposweep.api.wire import from_wire


@dataclass(frozen=True, slots=True)
class Sweep:
    """The sweep that all layers work on."""

    namespace: str
    name: str
    uid: str
    generation: int
    spec: Spec
    status: Status | None = None
    is_deleting: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)  # of the object, as its user set them
    contract_max_trials: int | None = None  # where `hposweep run --trials` or an adopted study changes the budget
    existing_trials: int = 0  # of an adopted study, by which the budget is raised
    baseline_trials: int = 0  # attempts of the baseline trial, by which it is raised as well
    managers: tuple[FieldManager, ...] = ()  # of the spec
    retry_preflight: str = ""  # value of the annotation that asks for another attempt
    retry_baseline: str = ""
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)  # the spec in JSON, as the API has it

    @property
    def study_name(self) -> str:
        return self.spec.study.name or study_name(self.namespace, self.name)

    @property
    def contract(self) -> Spec:
        """Return the spec as the user wrote it: a short run does not make its criteria contradict the budget."""
        if self.contract_max_trials is None:
            return self.spec
        return replace(self.spec, trials=replace(self.spec.trials, max=self.contract_max_trials))

    def with_uncounted(self, *, existing: int | None, baseline: int | None) -> Sweep:
        """Return the sweep with a budget beyond trials that do not count.

        `existing`: trials that its study had before, unless these count. `baseline`: attempts of the baseline trial.
        None when the study cannot be read: the status knows the number.
        """
        before = self.status.trials if self.status is not None else None
        if existing is None:
            existing = (before.existing or 0) if before is not None else 0
        if baseline is None:
            baseline = (before.baseline or 0) if before is not None else 0
        if self.spec.study.count_existing:
            existing = 0
            if not baseline:
                return self
        max_trials = self.spec.trials.max
        return replace(
            self,
            spec=replace(self.spec, trials=replace(self.spec.trials, max=max_trials + existing + baseline)),
            contract_max_trials=max_trials if self.contract_max_trials is None else self.contract_max_trials,
            existing_trials=existing,
            baseline_trials=baseline,
        )

    @property
    def directions(self) -> tuple[str, ...]:
        """In Optuna's words: MINIMIZE, MAXIMIZE."""
        return tuple(objective.direction.upper() for objective in self.spec.study.objectives)

    @property
    def has_had_trials(self) -> bool:
        """Return whether a trial has started, in this sweep or in the study that it adopted."""
        return self.status is not None and self.status.trials.charged > 0

    @property
    def has_ended(self) -> bool:
        return self.status is not None and self.status.has_ended

    @classmethod
    def from_object(cls, body: Mapping[str, Any]) -> Sweep:
        """Build a sweep from the API's JSON, validated and defaulted by the CRD's schema."""
        metadata, status = body["metadata"], body.get("status")
        annotations = metadata.get("annotations") or {}
        return cls(
            namespace=metadata["namespace"],
            name=metadata["name"],
            uid=metadata["uid"],
            generation=metadata["generation"],
            spec=from_wire(Spec, body["spec"]),
            status=from_wire(Status, status) if status else None,
            is_deleting="deletionTimestamp" in metadata,
            labels=metadata.get("labels") or {},
            managers=managers(metadata),
            retry_preflight=annotations.get(RETRY_PREFLIGHT_ANNOTATION, ""),
            retry_baseline=annotations.get(RETRY_BASELINE_ANNOTATION, ""),
            document=body["spec"],
        )
