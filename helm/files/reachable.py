"""Check that the operator answers at the URL of the first argument. The pod of `helm test` runs it."""

from __future__ import annotations

import sys
import urllib.request

TIMEOUT_SECONDS = 10
METRIC = "hposweep_operator_reconcile"


def main(url: str) -> None:
    """Print the result. Raises an exception if a path does not answer with 200, or without the operator's metrics."""
    for path in ("/healthz", "/readyz"):
        _get(f"{url}{path}")
    if METRIC not in _get(f"{url}/metrics"):
        raise SystemExit(f"{url}/metrics: no metric {METRIC}. Another program answers at this address.")
    print(f"the operator is ready at {url}")


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  # the chart writes the URL
        return str(answer.read().decode())


if __name__ == "__main__":
    main(sys.argv[1])
