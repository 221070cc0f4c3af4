"""Run `notify.child` with a deadline. Called by `notify.notifier`.

A process and not a thread, because a thread that waits for a server cannot be ended.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import sys
from collections.abc import Mapping
from contextlib import suppress

from hposweep.allowed_hosts import AllowedHosts
from hposweep.model.delivery_result import DeliveryResult

DEADLINE_SECONDS = 30.0  # a mail server may greet late on purpose
# All that the child gets of the operator's environment: no names of services, no secrets.
_VARIABLES = ("PATH", "PYTHONPATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


async def send(
    url: str, title: str, body: str, kind: str, allowed: AllowedHosts, deadline_seconds: float = DEADLINE_SECONDS
) -> tuple[DeliveryResult, int | None]:
    """Return the result, and the HTTP code of the server where there is one. Raises nothing but CancelledError."""
    request = {
        "url": url,
        "title": title,
        "body": body,
        "kind": kind,
        "hosts": allowed.to_text(),
        "alarm_seconds": math.ceil(2 * deadline_seconds),
    }
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-B",
            "-m",
            "hposweep.notify.child",
            env=_environment(os.environ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return DeliveryResult.NOT_SENT, None
    try:
        async with asyncio.timeout(deadline_seconds):
            answer, _ = await child.communicate(json.dumps(request).encode())
    except TimeoutError:
        return DeliveryResult.TIMEOUT, None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    return _result(answer)


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment[name] for name in _VARIABLES if name in environment}


def _result(answer: bytes) -> tuple[DeliveryResult, int | None]:
    """Read the answer; a child that was killed has written none."""
    try:
        fields = json.loads(answer)
        return DeliveryResult(fields["result"]), fields["code"]
    except (ValueError, KeyError, TypeError):
        return DeliveryResult.NOT_SENT, None
