"""Run `python -m demo` with `run`, `install` or `pictures PROMETHEUS`. The Makefile sets KUBECONFIG and REGISTRY."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from boards.observe import ObserveError
from demo import database, install, pictures, sweep, verdict
from demo.console import DemoError, fail, kubectl, read, say, step
from demo.images import images

NAMESPACE = "hposweep-demo"
SWEEPS = ("digits-v2", "digits-v3")


def run() -> int:
    """Run two small sweeps: v2 is the baseline, and v3 has more trials in a wider search space."""
    started = time.monotonic()
    references = images()
    install.install(references["operator"])
    clear()
    install.namespace(NAMESPACE)
    database.start(NAMESPACE, references["postgres"])
    status = {}
    for name in SWEEPS:
        say(f"\n$ kubectl apply -k {sweep.OVERLAY}    # {name}")
        sweep.apply_sweep(NAMESPACE, name, references["trial"])
        status = sweep.follow(NAMESPACE, name)
    verdict.show(NAMESPACE, SWEEPS[-1], status)
    problem = verdict.failed(status)
    say(f"\n{time.monotonic() - started:.0f} s from operator to verdict")
    return fail(problem) if problem else 0


def clear() -> None:
    """Delete an earlier demo, sweeps before their database, so that each run prints the same."""
    if read("namespace", NAMESPACE) is None:
        return
    with step("deleted an earlier demo"):
        kubectl("delete", "hposweeps", "--all", "-n", NAMESPACE, "--timeout=120s")
        kubectl("delete", "namespace", NAMESPACE, "--timeout=120s")


def main(arguments: list[str]) -> int:
    try:
        if arguments == ["run"]:
            return run()
        if arguments == ["install"]:
            install.install(images()["operator"])
            return 0
        if arguments[:1] == ["pictures"] and len(arguments) == 2:
            pictures.pictures(Path(arguments[1]))
            return 0
    except (DemoError, ObserveError) as error:
        return fail(str(error))
    return fail("unknown arguments; use `install`, `run` or `pictures` with the binary of Prometheus")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
