"""Run the example on a cluster from gates to verdict: approve it, change it once, and keep all that is read."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from demo import database, install, sweep
from demo.checklist.evidence import Evidence
from demo.checklist.look_up import absent_references
from demo.checklist.page import PAGE, Line, read_page
from demo.checklist.table import show
from demo.console import apply, fail, kubectl, run, say, step
from demo.images import images

NAMESPACE, NAME = "hposweep-checklist", "checklist"
FOLDER = "examples/checklist-fixed"
NOTIFY_VARIABLE = "NOTIFY_URL"  # of apprise; without it, the sweep has a target that does not exist
METRICS = f"/api/v1/namespaces/{install.NAMESPACE}/services/hposweep-operator:http/proxy/metrics"
SCRAPE_SECONDS = 5.0
REASON = "make checklist: read the question"


class Attendant:
    """The person beside the sweep: looks at each status, approves once, and scales once. `follow` calls it."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._scraped = 0.0
        self._has_scaled = False

    def look(self, body: Mapping[str, Any]) -> None:
        self._evidence.add_body(body)
        conditions = {entry["type"]: entry for entry in body.get("status", {}).get("conditions", ())}
        if conditions.get("Approved", {}).get("reason") == "Waiting":
            self._scrape()
            self._approve(body["status"], conditions["Approved"]["message"])
        if conditions.get("WorkersReady", {}).get("status") == "True" and not self._has_scaled:
            say(f"\n$ kubectl scale hposweep {NAME} --replicas=3    # an intervention by hand, for the history")
            kubectl("scale", "hposweep", NAME, "-n", NAMESPACE, "--replicas=3")
            self._has_scaled = True
        if time.monotonic() - self._scraped > SCRAPE_SECONDS:
            self._scrape()

    def _approve(self, status: Mapping[str, Any], question: str) -> None:
        digest = status["approval"]["digest"]
        if any(body["spec"]["approval"].get("digest") == digest for body in self._evidence.bodies[-1:]):
            return  # granted; the operator has not seen it yet
        who = json.loads(kubectl("auth", "whoami", "-o", "json"))["status"]["userInfo"]["username"]
        say(f"\n{question}\n\ngranted as `{who}`: {REASON}\n")
        grant = {"granted": True, "digest": digest, "by": who, "reason": REASON}
        patch = json.dumps({"spec": {"approval": grant}})
        kubectl("patch", "hposweep", NAME, "-n", NAMESPACE, "--type", "merge", "-p", patch)

    def _scrape(self) -> None:
        self._evidence.add_scrape(kubectl("get", "--raw", METRICS))
        self._scraped = time.monotonic()


def check_lines() -> int:
    """Run the sweep, print the table, and return 1 where a line was not found."""
    lines = read_page(PAGE.read_text())
    references = images()
    install.install(references["operator"])
    install.clear(NAMESPACE)
    install.namespace(NAMESPACE)
    database.start(NAMESPACE, references["postgres"])
    _add_target()
    evidence = Evidence(NAMESPACE, NAME, outputs={"make checklist": "this run"})
    _keep(evidence, "hposweep validate", _hposweep("validate", f"{FOLDER}/sweep.yaml"))
    say(f"\n$ kubectl apply -k {FOLDER}")
    sweep.apply_sweep(NAMESPACE, NAME, references["trial"], FOLDER)
    attendant = Attendant(evidence)
    status = sweep.follow(NAMESPACE, NAME, attendant.look)
    with step("wait for the results"):
        sweep.follow_results(NAMESPACE, NAME, attendant.look)
    _read_the_end(evidence)
    say()
    show(lines, evidence)
    return _problem(lines, evidence, status)


def _read_the_end(evidence: Evidence) -> None:
    """Run the commands that a line names, once the sweep has ended."""
    selector = f"hposweep.dev/sweep={NAME},hposweep.dev/phase=search"
    with step("read logs, history and metrics"):
        _keep(evidence, "kubectl get hposweeps", kubectl("get", "hposweeps", "-n", NAMESPACE))
        _keep(evidence, "kubectl logs", kubectl("logs", "-n", NAMESPACE, "-l", selector, "--tail=5"))
        _keep(evidence, "hposweep history", _hposweep("history", NAME, "-n", NAMESPACE))
        evidence.add_scrape(kubectl("get", "--raw", METRICS))


def _keep(evidence: Evidence, verb: str, output: str) -> None:
    written = output.strip().splitlines()
    evidence.outputs[verb] = written[-1] if written else "no output"


def _hposweep(*arguments: str) -> str:
    program = "import sys; from hposweep.cli import main; sys.exit(main())"
    return run(sys.executable, "-c", program, *arguments)


def _add_target() -> None:
    url = os.environ.get(NOTIFY_VARIABLE)
    if url:
        metadata = {"name": "chat", "namespace": NAMESPACE}
        apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"url": url}})


def _problem(lines: tuple[Line, ...], evidence: Evidence, status: Mapping[str, Any]) -> int:
    absent = [str(line.number) for line in lines if line.is_shown and absent_references(line, evidence)]
    if absent:
        return fail(f"lines {', '.join(absent)} of {PAGE} were not found in this run of {Path(FOLDER).name}")
    if status.get("state") != "Complete":
        return fail(f"the sweep ended as {status.get('state')}: {status.get('message')}")
    return 0
