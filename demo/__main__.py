"""Run `python -m demo` with `run`, `install`, `checklist` or `pictures PROMETHEUS`. The Makefile sets KUBECONFIG."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from boards.observe import ObserveError
from demo import database, install, pictures, sweep, verdict
from demo.checklist.run import check_lines
from demo.console import DemoError, fail, say
from demo.images import images

NAMESPACE = "hposweep-demo"
SWEEPS = ("digits-v2", "digits-v3")


def run() -> int:
    """Run two small sweeps: v2 is the baseline, and v3 has more trials in a wider search space."""
    started = time.monotonic()
    references = images()
    install.install(references["operator"])
    install.clear(NAMESPACE)
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


def main(arguments: list[str]) -> int:
    try:
        if arguments == ["run"]:
            return run()
        if arguments == ["install"]:
            install.install(images()["operator"])
            return 0
        if arguments == ["checklist"]:
            return check_lines()
        if arguments[:1] == ["pictures"] and len(arguments) == 2:
            pictures.pictures(Path(arguments[1]))
            return 0
    except (DemoError, ObserveError) as error:
        return fail(str(error))
    return fail("unknown arguments; use `install`, `run`, `checklist` or `pictures` with the binary of Prometheus")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
