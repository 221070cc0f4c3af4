"""Looking at a world of which any part may be away at the moment: nothing seen is not a failure, only no answer."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg2
import urllib3

from tests.contract.apiserver import RefusedError

Seen = TypeVar("Seen")

# kubectl's complaints are AssertionErrors; the others are the clients' own.
AWAY = (AssertionError, OSError, RefusedError, psycopg2.Error, subprocess.TimeoutExpired, urllib3.exceptions.HTTPError)
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 120.0


def glimpse(look: Callable[[], Seen]) -> Seen | None:
    """What is to be seen; None while what must answer is away."""
    try:
        return look()
    except AWAY:
        return None


def insist(act: Callable[[], Seen], seconds: float = PATIENCE_SECONDS) -> Seen:
    """Do it, again and again while what must answer is away."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return act()
        except AWAY:
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_SECONDS)
