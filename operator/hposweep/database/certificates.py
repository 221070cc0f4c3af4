"""Keep certificates of authorities in private files, because libpq reads them from nowhere else. Called by `observe`.

A file exists as long as an address of a database refers to it, so that rotations leave none behind.
"""

from __future__ import annotations

import hashlib
import os
import ssl
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

MAX_BYTES = 262_144  # the bundles of operating systems are smaller
_EXAMPLE = "it must hold certificates in PEM, which begin with `-----BEGIN CERTIFICATE-----`"


class CertificateFile:
    """A file with certificates, removed together with this object."""

    def __init__(self, text: str) -> None:
        """Write the file. Raises ValueError, to follow the name of its source, for a text without certificates."""
        _check(text)
        handle, path = tempfile.mkstemp(prefix="hposweep-ca-", suffix=".crt")
        weakref.finalize(self, _remove, path)
        with os.fdopen(handle, "w") as file:
            file.write(text)
        self.path = path


class Certificates:
    """One file for each text that is in use."""

    def __init__(self) -> None:
        self._files: weakref.WeakValueDictionary[str, CertificateFile] = weakref.WeakValueDictionary()

    def file(self, text: str) -> CertificateFile:
        """Return the file with this text. Raises ValueError likewise."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        file = self._files.get(digest)
        if file is None:
            file = self._files[digest] = CertificateFile(text)
        return file


def _check(text: str) -> None:
    if len(text.encode()) > MAX_BYTES:
        raise ValueError(f"has {len(text.encode())} bytes, and at most {MAX_BYTES} are allowed; {_EXAMPLE}")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (ValueError, TypeError):  # OpenSSL's error is an OSError
        raise ValueError(f"is no certificate; {_EXAMPLE}") from None
    except ssl.SSLError:
        raise ValueError(f"has no certificate that can be read; {_EXAMPLE}") from None


def _remove(path: str) -> None:
    with suppress(OSError):
        Path(path).unlink()
