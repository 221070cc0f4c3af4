"""Compare a failing worker with others that ran the same code at the same time. Called by `failing_immediately`.

Only such workers show that the node is at fault. A worker of an earlier start may have run other code or another image.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hposweep.judge.health.view import View
from hposweep.model.history import History, Trial
from hpotrial.protocol import CODE, FINGERPRINT, IMAGE, POD_NAME


def has_healthy_peer(view: View, failed: Trial, failing: Collection[str]) -> bool:
    """Return whether a worker that does not fail this way ran the same code and image after the failing one began."""
    if view.evidence.workers < 2:  # a worker alone has no peer
        return False
    first = _trials_of(view.history, failed)[0]
    return any(
        trial.number > first.number
        and trial.attributes.get(POD_NAME)
        and trial.attributes[POD_NAME] not in failing
        and trial.attributes.get(FINGERPRINT) != failed.attributes.get(FINGERPRINT)
        and _program(trial) == _program(failed)
        for trial in view.history.finished
    )


def change(history: History, failed: Trial) -> str:
    """Return what changed when the failures began, as the end of a sentence; "" when they began without a new start."""
    own = _trials_of(history, failed)
    fingerprint = failed.attributes.get(FINGERPRINT)
    earlier = [trial for trial in history.finished if trial.number < own[0].number and trial.attributes.get(POD_NAME)]
    if not earlier or any(trial.attributes.get(FINGERPRINT) != fingerprint for trial in own):
        return ""
    if earlier[-1].attributes.get(FINGERPRINT) == fingerprint:
        return ""
    (code, image), (code_before, image_before) = _program(failed), _program(earlier[-1])
    if image != image_before:
        cause = "the image changed"
    elif code != code_before:
        cause = "the code changed"
    else:
        cause = "code, data or environment may have changed"
    return f"; its failures began with its start at trial {own[0].number}, and {cause} since trial {earlier[-1].number}"


def _trials_of(history: History, failed: Trial) -> Sequence[Trial]:
    """Return the finished trials of the pod that ran this one."""
    pod = failed.attributes.get(POD_NAME)
    return [trial for trial in history.finished if trial.attributes.get(POD_NAME) == pod]


def _program(trial: Trial) -> tuple[object, object]:
    return trial.attributes.get(CODE), trial.attributes.get(IMAGE)
