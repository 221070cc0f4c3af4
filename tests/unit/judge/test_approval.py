"""The gate of approval: what a grant covers, what revokes it, and how it is granted again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hposweep.api.approval import ApprovalStatus
from hposweep.api.names import SEARCH_PHASE
from hposweep.api.sweep import Sweep
from hposweep.judge.approval import ApprovalVerdict, approval
from hposweep.judge.approval_subject import subject_of
from hposweep.model.verdicts import Gate
from tests import builders
from tests.unit import world

OPEN = (("Accepted", Gate(True, "Valid", "")), ("StorageReady", Gate(True, "Connected", "")))
LOST = (OPEN[0], ("StorageReady", Gate(False, "ConnectionFailed", "")))
GRANT = {"required": True, "granted": True, "by": "ada", "reason": "cheap enough"}
FIRST, SECOND = "sha256:aaaa", "sha256:bbbb"


def asked(record: ApprovalStatus | None = None, **spec: Any) -> Sweep:
    """A sweep that needs approval, with the record of an earlier pass."""
    sweep = world.sweep(**({"approval": {"required": True}} | spec))
    return replace(sweep, status=_status(sweep, record))


def _status(sweep: Sweep, record: ApprovalStatus | None) -> Any:
    from hposweep.api.status import Status, StudyStatus, TrialsStatus, WorkersStatus

    return Status(
        observed_generation=1, state="Pending", message="", study=StudyStatus("s"), trials=TrialsStatus(3),
        progress="", workers=WorkersStatus(1), replicas=0, selector="", approval=record,
    )  # fmt: skip


def decide(sweep: Sweep, gates: Any = OPEN, *images: str, source: str | None = "f00d") -> ApprovalVerdict:
    pods = tuple(world.pod(number, image=image) for number, image in enumerate(images))
    return approval(sweep, world.seen(pods=pods, source_digest=source), gates)


def granted(**more: Any) -> ApprovalStatus:
    record = decide(asked(approval=GRANT), OPEN, **more).record
    assert record is not None
    return record


def test_no_person_is_asked_unless_the_spec_says_so() -> None:
    result = decide(world.sweep())
    assert (result.gate.is_open, result.gate.reason, result.record) == (True, "NotRequired", None)


def test_it_waits_and_records_what_it_asks_about() -> None:
    result = decide(asked())
    assert (result.gate.is_open, result.gate.reason) == (False, "Waiting")
    assert result.record is not None
    assert result.record.granted is None
    assert result.record.subject.source == "f00d"


def test_it_asks_only_once_the_earlier_gates_are_open() -> None:
    result = decide(asked(), LOST)
    assert (result.gate.reason, result.gate.message) == ("Pending", "a person is asked once StorageReady is True")
    assert decide(asked(approval=GRANT), LOST).gate.reason == "Pending", "a grant in advance waits as well"


def test_a_grant_opens_it_and_stays_when_the_database_is_unreachable() -> None:
    result = decide(asked(approval=GRANT))
    assert result.gate.is_open
    assert result.gate.message.startswith("ada approved `")
    assert result.gate.message.endswith("`: cheap enough")
    later = decide(asked(result.record, approval=GRANT), LOST)
    assert later == result


def test_a_grant_of_another_digest_opens_nothing() -> None:
    result = decide(asked(approval=GRANT | {"digest": "0123456789ab"}))
    assert (result.gate.is_open, result.gate.reason) == (False, "Waiting")
    assert "is `0123456789ab`, but what would run now has the digest" in result.gate.message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"searchSpace": [builders.float_parameter("x", 0.0, 9.0)]}, "`spec.searchSpace` was"),
        ({"objective": {"python": "other:objective"}}, "`spec.objective` was"),
        ({"workers": builders.workers(1, image="registry.example/other:2")}, "is `registry.example/other:2`"),
    ],
)
def test_a_change_of_what_was_approved_revokes(change: dict[str, Any], words: str) -> None:
    result = decide(asked(granted(), approval=GRANT, **change))
    assert (result.gate.is_open, result.gate.reason) == (False, "Revoked")
    assert words in result.gate.message


def test_other_code_in_the_config_map_revokes_and_unreadable_code_does_not() -> None:
    record = granted()
    assert "ConfigMap `spec.objective.sourceRef` was `f00d` and is `beef`" in (
        decide(asked(record, approval=GRANT), OPEN, source="beef").gate.message
    )
    assert decide(asked(record, approval=GRANT), OPEN, source=None).gate.is_open


def test_a_change_of_other_fields_revokes_nothing() -> None:
    record = granted()
    changed = asked(record, approval=GRANT, trials={"max": 99}, budget={"activeDeadlineSeconds": 9})
    assert decide(changed).gate.is_open


def test_the_first_digest_of_a_tag_completes_the_grant_and_another_one_revokes_it() -> None:
    first = decide(asked(granted(), approval=GRANT), OPEN, FIRST)
    assert first.gate.is_open
    assert first.record is not None
    assert first.record.granted is not None
    assert first.record.granted.subject.image_digests == (FIRST,)
    second = decide(asked(first.record, approval=GRANT), OPEN, FIRST, SECOND)
    assert second.gate.reason == "Revoked"
    assert f"was `{FIRST}` and is `{SECOND}`" in second.gate.message
    gone = decide(asked(second.record, approval=GRANT), OPEN)
    assert gone.gate.reason == "Revoked", "it stays revoked after the pods have gone"


def test_an_image_by_digest_cannot_move() -> None:
    pinned = asked(workers=builders.workers(1, image=f"registry.example/i@{FIRST}"))
    subject = subject_of(pinned, world.seen(pods=(world.pod(image=SECOND),)), ())
    assert subject.image_digests == ()


def test_a_revoked_approval_is_granted_again_by_its_digest_only() -> None:
    revoked = decide(asked(granted(), approval=GRANT), OPEN, source="beef")
    assert revoked.record is not None
    same = decide(asked(revoked.record, approval=GRANT | {"reason": "again"}), OPEN, source="beef")
    assert same.gate.reason == "Revoked"
    by_digest = GRANT | {"digest": revoked.record.digest, "by": "eve"}
    again = decide(asked(revoked.record, approval=by_digest), OPEN, source="beef")
    assert again.gate.is_open
    assert again.gate.message.startswith("eve approved")
    assert decide(asked(again.record, approval=by_digest), OPEN, source="cafe").gate.reason == "Revoked"


def test_a_grant_that_is_taken_back_closes_it_and_may_be_given_again() -> None:
    record = granted()
    back = decide(asked(record, approval=GRANT | {"granted": False}))
    assert (back.gate.is_open, back.gate.reason) == (False, "Revoked")
    assert decide(asked(back.record, approval=GRANT)).gate.is_open


def test_a_grant_outlives_the_time_in_which_none_is_required() -> None:
    record = granted()
    off = decide(asked(record, approval=GRANT | {"required": False}))
    assert (off.gate.is_open, off.gate.reason, off.record) == (True, "NotRequired", record)
    assert decide(asked(off.record, approval=GRANT)).gate.is_open, "nothing has changed"
    again = decide(asked(off.record, approval=GRANT), OPEN, source="beef")
    assert (again.gate.is_open, again.gate.reason) == (False, "Revoked"), "a person has approved other code"


def test_a_restart_in_between_decides_the_same() -> None:
    first = decide(asked(approval=GRANT), OPEN, FIRST)
    again = decide(asked(first.record, approval=GRANT), OPEN, FIRST)
    assert again == first


def test_the_digest_does_not_depend_on_fields_at_their_defaults() -> None:
    plain = subject_of(asked(objective={"python": "train:objective"}), world.seen(), ())
    spelled = subject_of(asked(objective={"python": "train:objective", "fixed": {}}), world.seen(), ())
    assert plain == spelled


def test_the_search_is_the_phase_whose_images_count() -> None:
    other = world.pod(image=SECOND)
    seen = replace(world.seen(), children={"analysis": replace(world.seen(pods=(other,)).children[SEARCH_PHASE])})
    assert subject_of(asked(), seen, ()).image_digests == ()
