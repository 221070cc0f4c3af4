"""May the sweep train its champions in the study that has their name? Called by `verdict`, by the rules of a search."""

from __future__ import annotations

from hposweep.api.sweep import Sweep
from hposweep.judge.take_over import may_take_over
from hposweep.model.ownership import OtherOwner
from hposweep.model.trials import Counts, Study
from hposweep.text import count, printable, truncate

_MAX_UID = 100  # characters of an owner that another program may have written


def hindrance(sweep: Sweep, study: Study, owner: OtherOwner | None) -> str:
    """Return why the study is not claimed, and what to do; "" when it is this sweep's own, or may become it."""
    if study.owner == sweep.uid:
        return ""
    if study.owner is not None and not may_take_over(sweep, study, owner):
        uid = truncate(printable(study.owner), _MAX_UID)
        return (
            f"study `{study.name}` belongs to another sweep (uid {uid}), so no champion is trained. "
            f"Delete that sweep; if it is gone, set `spec.study.takeOverFrom: {uid}`"
        )
    if study.owner is None and study.counts != Counts() and not sweep.spec.study.adopt:
        return (
            f"study `{study.name}` exists with {count(study.counts.finished, 'finished trial')} and has no owner, so "
            "no champion is trained. Set `spec.study.adopt: true` to train them in it, or rename or delete that study"
        )
    if study.directions and study.directions != sweep.directions:
        return (
            f"study `{study.name}` exists with other objectives ({_words(study.directions)}) than "
            f"`spec.study.objectives` ({_words(sweep.directions)}), so no champion is trained. Rename or delete that "
            "study"
        )
    return ""


def _words(directions: tuple[str, ...]) -> str:
    return ", ".join(direction.capitalize() for direction in directions)
