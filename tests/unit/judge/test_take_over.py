"""Taking over a study: only from an owner that is gone, and only when the spec says so. Every refusal has a way out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hposweep.judge import gates
from hposweep.model.gate import Gate
from hposweep.model.ownership import OtherOwner, SweepIdentity
from hposweep.model.storage import Storage
from hposweep.model.trials import Counts, Study
from tests import builders
from tests.unit import world

OLD = "0ld-uid"
THIS = SweepIdentity("default", "digits", "c1")
OTHER = SweepIdentity("vision", "v1", "c1")
PREDECESSOR = OtherOwner(THIS, exists=False, is_predecessor=True)
ALIVE, GONE = OtherOwner(OTHER, exists=True), OtherOwner(OTHER, exists=False)
ELSEWHERE, UNKNOWN = OtherOwner(replace(OTHER, cluster="c2")), OtherOwner()


def gate(owner: OtherOwner | None, *, adopt: bool = False, take_over_from: str = "") -> Gate:
    sweep = world.sweep(study=builders.study(adopt=adopt, takeOverFrom=take_over_from))
    study = Study(7, sweep.study_name, ("MAXIMIZE",), OLD, counts=Counts(complete=5))
    return gates.storage(sweep, Storage(is_reachable=True, study=study, other_owner=owner))


@pytest.mark.parametrize(
    ("owner", "adopt", "take_over_from", "is_taken_over"),
    [
        (PREDECESSOR, True, "", True),
        (PREDECESSOR, False, "", False),
        (PREDECESSOR, False, OLD, True),
        (PREDECESSOR, True, "another-uid", True),
        (GONE, True, "", False),
        (GONE, False, OLD, True),
        (GONE, True, "another-uid", False),
        (ALIVE, True, "", False),
        (ALIVE, True, OLD, False),
        (ELSEWHERE, True, "", False),
        (ELSEWHERE, False, OLD, True),
        (UNKNOWN, True, "", False),
        (UNKNOWN, False, OLD, True),
        (None, True, OLD, False),
    ],
)
def test_who_is_taken_over(owner: OtherOwner | None, adopt: bool, take_over_from: str, is_taken_over: bool) -> None:
    storage = gate(owner, adopt=adopt, take_over_from=take_over_from)
    assert storage.reason == ("Pending" if is_taken_over else "StudyOwnedByAnother")
    assert not storage.is_open


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        (PREDECESSOR, f"(`default/digits`, uid {OLD}), which had the name of this sweep and is deleted. To continue"),
        (GONE, f"(`vision/v1`, uid {OLD}), which does not exist any more. To continue its study, set"),
        (ELSEWHERE, f"(`vision/v1`, uid {OLD}). Choose another `spec.study.name`, or delete that sweep first. If it"),
        (UNKNOWN, f"(uid {OLD}). Choose another `spec.study.name`"),
    ],
)
def test_a_refusal_has_the_field_that_ends_it(owner: OtherOwner, words: str) -> None:
    message = gate(owner).message
    assert words in message
    assert message.endswith(f"set `spec.study.takeOverFrom: {OLD}`")


def test_a_sweep_that_exists_keeps_its_study_and_no_uid_is_proposed() -> None:
    message = gate(ALIVE, take_over_from=OLD).message
    assert "(`vision/v1`, uid 0ld-uid), which exists. Choose another `spec.study.name`" in message
    assert "takeOverFrom" not in message


def test_a_wrong_uid_is_named_beside_the_right_one() -> None:
    assert (
        "any more (`spec.study.takeOverFrom` is `another-uid`). To continue"
        in gate(GONE, take_over_from="another-uid").message
    )


def test_other_objectives_are_not_taken_over() -> None:
    sweep = world.sweep(study=builders.study(takeOverFrom=OLD))
    study = Study(7, sweep.study_name, ("MINIMIZE",), OLD, counts=Counts(complete=5))
    storage = Storage(is_reachable=True, study=study, other_owner=GONE)
    assert gates.storage(sweep, storage).reason == "StudyMismatch"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "x",
        {},
        {"namespace": "a", "name": "b"},
        {"namespace": 1, "name": "b", "cluster": ""},
        {"namespace": "a" * 64, "name": "b", "cluster": ""},
        {"namespace": "a", "name": "b" * 254, "cluster": ""},
        {"namespace": "a", "name": "b", "cluster": "c" * 254},
        {"namespace": "x/../../../pods?watch=true", "name": "b", "cluster": "c1"},
        {"namespace": "a", "name": "../../secrets/s", "cluster": "c1"},
        {"namespace": "a", "name": "b..c", "cluster": "c1"},
        {"namespace": "", "name": "b", "cluster": "c1"},
    ],
)
def test_an_attribute_of_another_program_is_no_identity(value: object) -> None:
    assert SweepIdentity.of_json(value) is None


def test_an_identity_is_read_as_it_was_written() -> None:
    assert SweepIdentity.of_json(THIS.to_json()) == THIS
    assert SweepIdentity.of_json(THIS.to_json() | {"more": 1}) == THIS
