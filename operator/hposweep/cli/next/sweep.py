"""The body of the next sweep: that of the file or a minimal one, with the edits. Called by `command`."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hposweep.analysis.next_space import NextSpace
from hposweep.analysis.space_edit import EditKind, SpaceEdit
from hposweep.analysis.view import StudyView
from hposweep.api.space import Choices, is_among
from hposweep.api.spec import Spec
from hposweep.api.wire import to_wire
from hposweep.cli.next.names import next_name
from hposweep.cli.next.thresholds import raise_thresholds

WARM_START_TRIALS, MAX_WARM_STARTS = 10, 8
MAX_STUDY_NAME = 256
_OF_THE_CLUSTER = (
    *("uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"),
    *("managedFields", "finalizers", "ownerReferences", "selfLink"),
)
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_ANSWERS = ("granted", "digest", "by", "reason")


@dataclass(frozen=True, slots=True)
class NextSweep:
    """All that is known of the next sweep. `changes` are those outside of the search space."""

    space: NextSpace
    changes: tuple[str, ...]
    sweep: Mapping[str, Any]


def next_sweep(
    body: Mapping[str, Any], spec: Spec, view: StudyView, space: NextSpace, *, why_cold: str = ""
) -> NextSweep:
    """Return the sweep with its next name, the edits, a warm start, and raised thresholds.

    `why_cold`: why there must be no warm start.
    """
    document = copy.deepcopy(dict(body))
    changes = [
        *_rename(document),
        *_apply_space(document["spec"], space),
        *_warm_start(document["spec"], spec, view, why_cold),
        *raise_thresholds(document["spec"], spec.study.objectives, view),
    ]
    return NextSweep(space, tuple(changes), document)


def _rename(document: dict[str, Any]) -> Iterator[str]:
    document.pop("status", None)
    metadata, spec = document["metadata"], document["spec"]
    for field in _OF_THE_CLUSTER:
        metadata.pop(field, None)
    (metadata.get("annotations") or {}).pop(_LAST_APPLIED, None)
    before = metadata["name"]
    metadata["name"] = next_name(before)
    yield f"metadata.name: {metadata['name']}, was {before}"
    study = spec["study"]
    if study.get("name"):
        before = study["name"]
        study["name"] = next_name(before, MAX_STUDY_NAME)
        yield f"study.name: {study['name']}, was {before}"
    if study.pop("adopt", False):
        study.pop("adoptStaleSeconds", None)
        yield "study.adopt: removed, because this is a new study"
    for field in ("stop", "suspend"):
        if spec.get(field) not in (None, False, "None"):
            del spec[field]
            yield f"{field}: removed, because it ended or paused the earlier sweep"
    approval = spec.get("approval") or {}
    if spec.pop("answers", None) or any(approval.pop(field, None) for field in _ANSWERS):
        for field in _ANSWERS:
            approval.pop(field, None)
        yield "answers and approval of the earlier sweep: removed"


def _apply_space(spec: dict[str, Any], space: NextSpace) -> Iterator[str]:
    edits = {edit.parameter: edit for edit in space.edits}
    if not spec.get("searchSpace"):
        return
    remaining = []
    for item in spec["searchSpace"]:
        edit = edits.get(item["name"])
        if edit is not None and edit.kind is EditKind.FREEZE:
            objective = spec["objective"]
            objective["fixed"] = {**(objective.get("fixed") or {}), item["name"]: edit.value}
            yield f"objective.fixed.{item['name']}: added"
            continue
        if edit is not None and edit.kind is not EditKind.KEEP:
            _apply(item, edit)
        remaining.append(item)
    spec["searchSpace"] = remaining


def _apply(item: dict[str, Any], edit: SpaceEdit) -> None:
    """Change the bounds or the choices, and keep all else as it is written."""
    if isinstance(edit.after, Choices):
        choices = item["categorical"]["choices"]
        item["categorical"]["choices"] = [value for value in choices if is_among(value, edit.after.choices)]
    elif edit.after is not None:
        bounds, after = item["int" if "int" in item else "float"], to_wire(edit.after)
        bounds["low"], bounds["high"] = after["low"], after["high"]


def _warm_start(spec: dict[str, Any], read: Spec, view: StudyView, why_cold: str) -> Iterator[str]:
    study, name = spec["study"], view.study.name
    starts = study.get("warmStart") or []
    others = len(read.study.enqueue) + sum(start.top for start in read.study.warm_start)
    top = min(WARM_START_TRIALS, len(view.trials), read.trials.max - others)
    reason = ""
    if any(start.get("study") == name for start in starts):
        return
    if not view.trials:
        reason = "no trial of the study can be compared"
    elif why_cold:
        reason = why_cold
    elif read.study.sampler.is_exhaustive:
        reason = "the sampler visits a list of its own"
    elif top < 1 or len(starts) >= MAX_WARM_STARTS or name == study.get("name"):
        reason = "the file leaves no place for it"
    if reason:
        yield f"study.warmStart: not set, because {reason}"
        return
    study["warmStart"] = [*starts, {"study": name, "top": top}]
    yield (
        f"study.warmStart: the best {top} of this study, as far as they are in the next space; "
        "the database must be the same"
    )
