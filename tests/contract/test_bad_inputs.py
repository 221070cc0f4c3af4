"""What cannot work is refused at admission, by a sentence that names the field and says what is allowed."""

from __future__ import annotations

import pytest

from tests.contract.apiserver import RefusedError, Sweeps
from tests.contract.refused import REFUSED, Refused


@pytest.mark.parametrize("row", REFUSED, ids=[row.mistake.replace(" ", "-") for row in REFUSED])
def test_a_mistake_is_refused_with_its_field_and_what_is_allowed(sweeps: Sweeps, row: Refused) -> None:
    with pytest.raises(RefusedError) as refusal:
        sweeps.create(row.sweep, dry_run=True)
    assert row.field in refusal.value.message
    assert row.allowed in refusal.value.message


def test_the_table_of_mistakes_is_not_cut_short() -> None:
    assert len(REFUSED) >= 40
    assert len({row.mistake for row in REFUSED}) == len(REFUSED)


def test_several_mistakes_are_named_in_one_answer(sweeps: Sweeps) -> None:
    row = {r.mistake: r for r in REFUSED}["bounds the wrong way round"]
    two = row.sweep | {"spec": row.sweep["spec"] | {"objective": {"python": "train.py"}}}
    with pytest.raises(RefusedError) as refusal:
        sweeps.create(two, dry_run=True)
    assert "`spec.searchSpace[].float.low`" in refusal.value.message
    assert "`spec.objective.python`" in refusal.value.message
