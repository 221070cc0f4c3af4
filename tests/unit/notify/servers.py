"""Real servers on this machine that a notification meets: helpful, slow, refusing and redirecting ones."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Inbox:
    """What a server has received, and where it listens."""

    port: int = 0
    bodies: list[Any] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)  # of a server that waits


@contextmanager
def http_server(code: int = 200, *, location: str = "", waits: bool = False) -> Iterator[Inbox]:
    """Answer each POST with the code. One that `waits` answers when the test is over."""
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            inbox.bodies.append(json.loads(text) if text.startswith("{") else text)
            if waits:
                inbox.release.wait()
            self.send_response(code)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(OSError):  # of a client that was killed
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    inbox.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield inbox
    finally:
        inbox.release.set()
        server.shutdown()
        thread.join()
        server.server_close()


@asynccontextmanager
async def smtp_server(answer: str = "250 OK") -> AsyncIterator[Inbox]:
    """Take mails, and give each the answer."""
    inbox = Inbox()

    class Handler:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            inbox.bodies.append(envelope)
            return answer

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), hostname="localhost", loop=loop), "127.0.0.1", 0)
    inbox.port = server.sockets[0].getsockname()[1]
    try:
        yield inbox
    finally:
        server.close()
        await server.wait_closed()
