"""The sweep's database can be reached from the pod, and how fast it answers there. Always runs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from functools import partial

import psycopg2

from hpotrial import protocol
from hpotrial.preflight.check import Check, CheckContext, CheckKind, CheckResult, Deadline, caution, failure, success
from hpotrial.storage.connection import Connection, ConnectionLostError, first_line

QUERIES, SLOW_MILLISECONDS = 5, 250.0  # a trial makes some queries, each of which waits so long
FIELD = "spec.study.storage.secretRef"


def checks(context: CheckContext) -> Iterator[Check]:
    yield Check(KIND.name, "the sweep's database", FIELD, partial(_check, context.uri))


def _check(uri: str, deadline: Deadline) -> CheckResult:
    connection = Connection(protocol.libpq_url(uri), "hposweep preflight")
    try:
        connection.run("select 1")
        milliseconds = statistics.median(_milliseconds(connection) for _ in range(QUERIES))
    except (ConnectionLostError, psycopg2.Error) as error:
        print(first_line(error))  # to the pod's log only: the driver names the host
        return failure(
            "the operator reaches the database, and this pod does not. Check network policies, DNS and the firewall of "
            "the pod's node"
        )
    finally:
        connection.close()
    value, threshold = f"{milliseconds:.1f} ms", f"at most {SLOW_MILLISECONDS:.0f} ms"
    if milliseconds > SLOW_MILLISECONDS:
        return caution(f"a query takes {value} (median of {QUERIES}). Place it nearer to the nodes", value, threshold)
    return success(value, threshold)


def _milliseconds(connection: Connection) -> float:
    start = time.monotonic()
    connection.run("select 1")
    return 1000 * (time.monotonic() - start)


KIND = CheckKind("database", checks)
