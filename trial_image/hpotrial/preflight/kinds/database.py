"""The sweep's database can be reached from the pod, how fast it answers there, and whether its clock is the node's.

Always runs.
"""

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
MAX_SKEW_SECONDS = 30.0  # ages of trials and deadlines compare times of both clocks
FIELD = "spec.study.storage.secretRef"


def checks(context: CheckContext) -> Iterator[Check]:
    yield Check(KIND.name, "the sweep's database", FIELD, partial(_check, context.uri))


def _check(uri: str, deadline: Deadline) -> CheckResult:
    connection = Connection(protocol.libpq_url(uri), "hposweep preflight")
    try:
        connection.run("select 1")
        milliseconds = statistics.median(_milliseconds(connection) for _ in range(QUERIES))
        ahead = float(connection.run("select extract(epoch from clock_timestamp())::float8")[0][0]) - time.time()
    except (ConnectionLostError, psycopg2.Error) as error:
        print(first_line(error))  # to the pod's log only: the driver names the host
        return failure(
            "the operator reaches the database, and this pod does not. Check network policies, DNS and the firewall of "
            "the pod's node"
        )
    finally:
        connection.close()
    if abs(ahead) > MAX_SKEW_SECONDS:
        word = "behind" if ahead > 0 else "ahead of"
        return caution(
            f"the clock of the pod's node is {abs(ahead):.0f} s {word} the database's. Synchronize the clocks (NTP)",
            f"{abs(ahead):.0f} s",
            f"at most {MAX_SKEW_SECONDS:.0f} s",
        )
    value, threshold = f"{milliseconds:.1f} ms", f"at most {SLOW_MILLISECONDS:.0f} ms"
    if milliseconds > SLOW_MILLISECONDS:
        return caution(f"a query takes {value} (median of {QUERIES}). Place it nearer to the nodes", value, threshold)
    return success(value, threshold)


def _milliseconds(connection: Connection) -> float:
    start = time.monotonic()
    connection.run("select 1")
    return 1000 * (time.monotonic() - start)


KIND = CheckKind("database", checks)
