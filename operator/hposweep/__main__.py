"""The operator process: read Settings from the environment, and run kopf. Started as `python -m hposweep`."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys

import kopf

from hposweep import __version__
from hposweep.context import Context
from hposweep.handlers import register
from hposweep.settings import Settings
from hposweep.telemetry.logs import configure

# The API server accepts an object of 10,000 levels. With Python's usual limit, one such sweep would end the watch of
# all.
RECURSION_LIMIT = 12_000

_log = logging.getLogger("hposweep")


async def serve(settings: Settings) -> None:
    """Run the operator until a signal ends it."""
    registry = kopf.OperatorRegistry()
    register(registry)
    ready = asyncio.Event()
    await kopf.operator(
        registry=registry,
        memo=Context(settings, ready),
        ready_flag=ready,
        standalone=True,  # one replica; kopf's peering is no election
        clusterwide=not settings.watch_namespaces,
        namespaces=settings.watch_namespaces,
    )


def prepare_interpreter() -> None:
    """Set Python up for a process that serves many sweeps: deep specs, and short pauses for its garbage.

    The objects of the modules live as long as the process. Without them, a full collection of the garbage collector
    is several times shorter, and the event loop waits for it.
    """
    sys.setrecursionlimit(RECURSION_LIMIT)
    gc.collect()
    gc.freeze()


def main() -> int:
    try:
        settings = Settings.from_environment(os.environ)
    except ValueError as error:
        sys.stderr.write(f"hposweep: {error}\n")
        return 64
    prepare_interpreter()
    configure(settings.log_level)
    namespaces = ", ".join(settings.watch_namespaces) or "all namespaces"
    _log.info("hposweep %s starts, watches %s", __version__, namespaces)
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
