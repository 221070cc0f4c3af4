"""A fingerprint of a failure's cause: equal for equal causes, whatever the numbers in the message. Pure.

Five equal fingerprints at the start of a sweep open its breaker. So it ignores what differs from trial to trial
(addresses, shapes, temporary files) and keeps what distinguishes two causes.
"""

from __future__ import annotations

import hashlib
import re

MESSAGE_CHARACTERS = 500
LENGTH = 12
MASKS = (
    (re.compile(r"0x[0-9a-fA-F]+"), "<address>"),
    (re.compile(r"(?<![\w.])(?:~|\.{0,2})(?:/[\w.@+=,-]+)+/?"), "<path>"),
    (re.compile(r"\b[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,})*\b"), "<id>"),
    (re.compile(r"[-+]?\b\d[\d_,]*(?:\.\d+)?(?:[eE][-+]?\d+)?"), "<number>"),
)


def fingerprint(failure_class: str, type_name: str, place: str, message: str) -> str:
    text = "\n".join((failure_class, type_name, place, masked(message)))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:LENGTH]


def masked(message: str) -> str:
    for pattern, word in MASKS:
        message = pattern.sub(word, message)
    return message[:MESSAGE_CHARACTERS]
