"""Send one notification with apprise. The main module of a process of its own, started by `notify.process`.

It reads one JSON object from the standard input and writes a word and an HTTP code to the standard output. No text of a
library leaves it, because it might contain the URL.
"""

from __future__ import annotations

import json
import logging
import re
import signal
import sys
from typing import Any

import apprise
import urllib3.util.connection  # noqa: F401  # binds a socket when it is imported, which `enforce` forbids
from apprise.plugins import url_to_dict

from hposweep.allowed_hosts import VARIABLE, AllowedHosts
from hposweep.model.delivery_result import DeliveryResult
from hposweep.notify.egress import Egress

# Services that only open connections, each reviewed for what its URLs can ask for. docs/how-to/notify.md lists them.
SCHEMES = (
    *("slack", "workflow", "workflows", "discord", "tgram", "gchat", "wxteams", "webex"),
    *("mmost", "mmosts", "rocket", "rockets", "matrix", "matrixs", "zulip"),
    *("mailto", "mailtos", "ntfy", "ntfys", "gotify", "gotifys", "pover"),
    *("opsgenie", "pagerduty", "json", "jsons", "form", "forms"),
)
_HTTP_CODE = re.compile(r"\berror=(\d{3})\b")
_NO_CONNECTION = re.compile(r"connection error", re.IGNORECASE)


class _Findings(logging.Handler):
    """Keeps from the log of apprise what is no secret: the HTTP code, and whether there was a connection."""

    def __init__(self) -> None:
        super().__init__()
        self.code: int | None = None
        self.is_unreachable = False

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        code = _HTTP_CODE.search(text)
        self.code = int(code[1]) if code is not None else self.code
        self.is_unreachable = self.is_unreachable or _NO_CONNECTION.search(text) is not None


def deliver(url: str, title: str, body: str, kind: str, allowed: AllowedHosts) -> tuple[DeliveryResult, int | None]:
    """Return the result, and the HTTP code of the server where there is one."""
    logger, findings = logging.getLogger("apprise"), _Findings()
    logger.handlers, logger.propagate = [findings], False
    logger.setLevel(logging.DEBUG)
    tokens = url_to_dict(url.strip())  # type: ignore[no-untyped-call]  # the library leaves this function untyped
    if tokens is None:
        return DeliveryResult.INVALID_URL, None
    if tokens["schema"] not in SCHEMES:
        return DeliveryResult.SERVICE_NOT_SUPPORTED, None
    egress = Egress(allowed)
    egress.enforce()
    service = apprise.Apprise.instantiate(tokens)
    if service is None:
        return DeliveryResult.INVALID_URL, None
    sender = apprise.Apprise()
    sender.add(service)
    is_sent = sender.notify(
        body=body, title=title, notify_type=apprise.NotifyType(kind), body_format=apprise.NotifyFormat.TEXT
    )
    if is_sent:
        return DeliveryResult.SENT, None
    if egress.refusals:
        return DeliveryResult.HOST_NOT_ALLOWED, None
    if findings.is_unreachable:
        return DeliveryResult.NO_CONNECTION, None
    return DeliveryResult.REFUSED, findings.code


def main() -> int:
    request: dict[str, Any] = json.load(sys.stdin)
    signal.alarm(request["alarm_seconds"])  # ends the process if its parent no longer can
    allowed = AllowedHosts.from_environment({VARIABLE: request["hosts"]})
    try:
        result, code = deliver(request["url"], request["title"], request["body"], request["kind"], allowed)
    except Exception:  # of a library, whose text may contain the URL
        result, code = DeliveryResult.NOT_SENT, None
    sys.stdout.write(json.dumps({"result": result, "code": code}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
