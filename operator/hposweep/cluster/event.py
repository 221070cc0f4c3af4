"""An event of a sweep as a Kubernetes object. Its name is that of its words, so that equal events share one object.

Pure; called by `kubernetes`.
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import Any

from hposweep.api.names import API_VERSION, FIELD_MANAGER, KIND
from hposweep.api.sweep import Sweep
from hposweep.model.event import Event
from hposweep.text import printable, truncate

MAX_MESSAGE_CHARACTERS = 1024  # by the API server
_NAME_CHARACTERS = 16  # of a hash


def event_body(sweep: Sweep, event: Event) -> dict[str, Any]:
    """Return the object that is created for the first of equal events."""
    kind = "Warning" if event.is_warning else "Normal"
    message = truncate(printable(event.message), MAX_MESSAGE_CHARACTERS)
    time = event.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    subject = {"apiVersion": API_VERSION, "kind": KIND, "name": sweep.name, "namespace": sweep.namespace}
    words = "\n".join((sweep.uid, kind, event.reason, message)).encode("utf-8", "replace")
    name = f"{sweep.name}.{hashlib.sha256(words).hexdigest()[:_NAME_CHARACTERS]}"
    return {
        "metadata": {"name": name, "namespace": sweep.namespace},
        "involvedObject": {**subject, "uid": sweep.uid},
        "type": kind,
        "reason": event.reason,
        "message": message,
        "firstTimestamp": time,
        "lastTimestamp": time,
        "count": 1,
        "source": {"component": FIELD_MANAGER},
    }
