"""The next step for a connection that fails by TLS or by the method of authentication. Called by `errors`."""

from __future__ import annotations

# A part of libpq's sentence, and what to do.
_ADVICE = (
    (
        "does not support SSL",
        "Set up TLS in the server, or remove what demands it: `tls` beside `secretRef`, or `sslmode` of the URL",
    ),
    (
        "certificate verify failed",
        "The server's certificate is expired, or another authority signed it than the one that `tls.caRef` or "
        "`sslrootcert` names: store the certificate of that authority there",
    ),
    (
        "does not match host name",
        "Write a host name of the certificate into the URL, or have the certificate name this host",
    ),
    (
        "authentication method requirement",
        "Let the server ask for that method (pg_hba.conf, `password_encryption`), or allow another one with "
        "`require_auth` in the URL",
    ),
)


def advice(sentence: str) -> str:
    """Return the advice to append to libpq's sentence; "" for one that needs none."""
    steps = (step for part, step in _ADVICE if part in sentence)
    return next((f". {step}" for step in steps), "")
