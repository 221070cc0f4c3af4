"""The process: read the database's URL from the environment, and serve the pages until a signal ends it."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from wsgiref.types import WSGIApplication

import optuna_dashboard

from hposweep import __version__
from hposweep.database.dsn import Dsn
from hposweep.database.optuna_storage import open_for_reader
from hposweep.optuna_dashboard.pages import Pages
from hposweep.optuna_dashboard.server import PageServer
from hposweep.telemetry.logs import configure
from hpotrial.protocol import STORAGE_URL_ENV

EXIT_USAGE = 64
PORT = 8080

_log = logging.getLogger("hposweep.optuna_dashboard")


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m hposweep.optuna_dashboard",
        description=f"Serve optuna-dashboard. The environment variable {STORAGE_URL_ENV} has the URL of the database.",
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"TCP port (default: {PORT})")
    parser.add_argument(
        "--allow-changes", action="store_true", help="let every visitor create, change and delete studies"
    )
    return parser


def database_url(environment: Mapping[str, str]) -> Dsn:
    """Return the URL. Raises ValueError with a sentence that names no part of it."""
    url = environment.get(STORAGE_URL_ENV, "")
    if not url.strip():
        raise ValueError(f"{STORAGE_URL_ENV}: not set. Set it to the URL of the PostgreSQL database.")
    try:
        return Dsn(url)
    except ValueError as error:
        raise ValueError(f"{STORAGE_URL_ENV}: {error}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    configure(os.environ.get("HPOSWEEP_LOG_LEVEL", "INFO"))
    try:
        dsn = database_url(os.environ)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_USAGE

    def open_pages() -> WSGIApplication:
        application: WSGIApplication = optuna_dashboard.wsgi(open_for_reader(dsn, may_write=options.allow_changes))
        _log.info("shows the studies of database %s", dsn.database_id)
        return application

    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # before the first thread, which inherits it
    with PageServer(options.port, Pages(open_pages, may_write=options.allow_changes)) as server:
        access = "visitors may change and delete studies" if options.allow_changes else "read-only"
        _log.info("hposweep %s serves optuna-dashboard at port %d, %s", __version__, server.server_port, access)
        signal.sigwait(signals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
