"""A PostgreSQL server with TLS, and an authority that signs its certificate, made with openssl."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres_server import PostgresServer, running

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
DAYS = ("-days", "2")


@dataclass(frozen=True, slots=True)
class Authority:
    """The certificate and the key of an authority, in a folder of its own."""

    folder: Path

    @property
    def certificate(self) -> str:
        return self.file.read_text()

    @property
    def file(self) -> Path:
        return self.folder / "ca.crt"

    def sign(self, target: Path, names: str) -> None:
        """Write `server.crt` and `server.key` into the folder `target`; `names` as in `DNS:localhost`."""
        request, extensions = self.folder / "request", self.folder / "extensions"
        extensions.write_text(f"subjectAltName={names}\n")
        key, certificate = target / "server.key", target / "server.crt"
        signer = ("-CA", str(self.file), "-CAkey", str(self.folder / "ca.key"), "-CAcreateserial")
        files = ("-extfile", str(extensions), "-out", str(certificate))
        _openssl("req", "-new", *KEY, "-subj", "/CN=server", "-keyout", str(key), "-out", str(request))
        _openssl("x509", "-req", "-in", str(request), *signer, *DAYS, *files)
        for path in (key, certificate):
            shutil.chown(path, target.owner(), target.group())
        key.chmod(0o600)


def create_authority(folder: Path) -> Authority:
    """Return a new authority, whose files are in the folder."""
    folder.mkdir()
    files = ("-keyout", str(folder / "ca.key"), "-out", str(folder / "ca.crt"))
    _openssl("req", "-new", "-x509", *KEY, *DAYS, "-subj", f"/CN=authority {folder.name}", *files)
    return Authority(folder)


@contextmanager
def running_with_tls(authority: Authority, names: str = "DNS:localhost") -> Iterator[PostgresServer]:
    """Run a server whose certificate has these names and whose address in URLs is 127.0.0.1."""
    with running() as server:
        server.stop()
        authority.sign(server.directory / "data", names)
        with (server.directory / "data" / "postgresql.conf").open("a") as file:
            file.write("ssl = on\n")
        server.start()
        yield server


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
