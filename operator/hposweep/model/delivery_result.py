"""The results of an attempt to send a notification. A module of its own, so that `notify.child` imports no Optuna."""

from __future__ import annotations

from enum import StrEnum


class DeliveryResult(StrEnum):
    """The result of one attempt."""

    SENT = "Sent"
    SECRET_NOT_FOUND = "SecretNotFound"  # noqa: S105  # a result's name, not a secret
    INVALID_URL = "InvalidUrl"
    SERVICE_NOT_SUPPORTED = "ServiceNotSupported"
    HOST_NOT_ALLOWED = "HostNotAllowed"
    NO_CONNECTION = "NoConnection"
    REFUSED = "Refused"
    TIMEOUT = "Timeout"
    NOT_SENT = "NotSent"
    DROPPED = "Dropped"
