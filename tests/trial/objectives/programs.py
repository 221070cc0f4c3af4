"""Programs for command objectives: `programs.py HOW`; each plays one way to behave."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path


def write_result(text: str) -> None:
    Path(os.environ["HPO_RESULT_FILE"]).write_text(text)


def report(step: int, value: float) -> None:
    with open(os.environ["HPO_REPORT_FILE"], "a") as file:  # noqa: PTH123
        file.write(json.dumps({"step": step, "value": value}) + "\n")


def wait_for_pruning() -> None:
    while not Path(os.environ["HPO_PRUNED_FILE"]).exists():
        time.sleep(0.01)


def play(how: str) -> None:
    match how:
        case "prints":
            print("epoch 1 done")
            print(os.environ["HPO_PARAM_X"])
        case "echo":
            names = {name: value for name, value in os.environ.items() if name.startswith("HPO_")}
            params = json.loads(Path(os.environ["HPO_PARAMS_FILE"]).read_text())
            seen = {"environ": names, "params": params, "folder": str(Path.cwd())}
            write_result(json.dumps({"value": 1.5, "attributes": seen, "constraints": {"size": -2}}))
        case "reports":
            for step in range(3):
                report(step, step / 2)
            write_result("0.25")
        case "pruned-politely":
            report(0, 1000.0)
            wait_for_pruning()
            sys.exit(7)
        case "pruned-deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            report(0, 1000.0)
            time.sleep(600)
        case "last-step-is-bad":
            report(0, 1000.0)
            write_result("2.0")
        case "raises":
            raise ValueError("batch is empty")
        case "imports":
            import a_package_that_is_not_there  # noqa: F401
        case "no-data":
            open("/data/nowhere.csv")  # noqa: PTH123, SIM115
        case "exit-3":
            sys.exit(3)
        case "kill-9":
            os.kill(os.getpid(), signal.SIGKILL)
        case "waits":
            time.sleep(600)
        case "prints-a-lot":
            for _ in range(100):
                os.write(1, (b"z" * 1023 + b"\n") * 1024)
            print(3.5)
        case "leaves-a-printer":
            if (child := os.fork()) == 0:
                time.sleep(600)
            Path("printer").write_text(str(child))
            print(4.5, flush=True)
        case "nothing":
            return
        case "saves-at-sigterm":
            signal.signal(signal.SIGTERM, lambda number, frame: None)
            Path("ready").touch()
            signal.pause()
            Path("saved").touch()
        case text:
            write_result(text)


if __name__ == "__main__":
    play(sys.argv[1])
