"""The rules of Kubernetes for the names of objects. A name that follows them stays one part of a path."""

from __future__ import annotations

import re

_MAX_LABEL, _MAX_SUBDOMAIN = 63, 253  # characters
_PART = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_LABEL, _SUBDOMAIN = re.compile(_PART), re.compile(rf"{_PART}(\.{_PART})*")


def is_namespace(text: str) -> bool:
    """Return whether the text is a DNS label of RFC 1123, as the name of a namespace is."""
    return len(text) <= _MAX_LABEL and _LABEL.fullmatch(text) is not None


def is_object_name(text: str) -> bool:
    """Return whether the text is a DNS subdomain of RFC 1123, as the names of most objects are."""
    return len(text) <= _MAX_SUBDOMAIN and _SUBDOMAIN.fullmatch(text) is not None
