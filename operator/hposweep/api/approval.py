"""The approval of a sweep: `spec.approval` as people write it, and `status.approval` as the operator records it.

`judge.approval` decides the gate, `report.approval` words the question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ApprovalSpec:
    """Whether a person must approve, and the answer. `digest`: of what is approved, as the condition shows it."""

    required: bool = False
    granted: bool = False
    digest: str = ""
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApprovedSubject:
    """The subject of an approval: search space, objective and image. Hashes have 12 hexadecimal digits.

    `source`: hash of the files of `objective.sourceRef`. `image_digests`: what the image's tag resolved to, as far as
    a worker has shown it.
    """

    search_space: str
    objective: str
    image: str
    source: str | None = None
    image_digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantStatus:
    """A grant that was given: what it covers, by whom, why and when."""

    digest: str
    subject: ApprovedSubject
    time: datetime
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalStatus:
    """`digest` and `subject`: what is to be approved now. `granted`: the latest grant, which a change revokes."""

    digest: str
    subject: ApprovedSubject
    granted: GrantStatus | None = None
