"""The preflight on real pods: each failed check stops the sweep at its gate, and a fixed one goes on by itself.

All sweeps wait for nothing but their pods, so they run side by side.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.contract.apiserver import MERGE_PATCH
from tests.e2e.evidence import Evidence
from tests.e2e.figures import Figures
from tests.e2e.installation import Installation
from tests.e2e.operator_process import kill
from tests.e2e.patience import stays, until
from tests.e2e.place import CODE, Place, code, make_config_map, make_secret

Json = dict[str, Any]

SOURCE = "/hposweep/source"
FIXED, TOKEN, GIT = "fixed-code", "token", "git"
HAS_TOKEN = ["python", "-c", "import os; raise SystemExit(os.environ['TOKEN'] != 'right')"]
# By name of the sweep: the block, and words of the sentence.
FAILURES: dict[str, tuple[Json, tuple[str, ...]]] = {
    "no-data": ({"paths": [{"path": "/data/digits"}]}, ("spec.preflight.paths[0]: `/data/digits` does not exist",)),
    "few-files": (
        {"paths": [{"path": SOURCE, "glob": "*.py", "minFiles": 999}]},
        ("spec.preflight.paths[0]: ", "and 999 files are required"),
    ),
    "bad-checksum": (
        {"paths": [{"path": f"{SOURCE}/train.py", "sha256": "0" * 64}]},
        ("spec.preflight.paths[0]: ", "has SHA-256", "not 000000000000…"),
    ),
    "old-package": (
        {"imports": [{"module": "optuna", "version": ">=99"}]},
        ("spec.preflight.imports[0]: the image has `optuna`", "and `>=99` is required"),
    ),
    "small-disk": (
        {"disk": [{"path": "/tmp", "freeBytes": 2**52}]},  # noqa: S108
        ("spec.preflight.disk[0]: `/tmp` has ", "4.5 PB are required"),
    ),
    "no-gpu": ({"gpu": {}}, ("spec.preflight.gpu: no GPU is visible to NVML",)),
    "no-sample": ({"sample": "train:load_one_batch"}, ("spec.preflight.sample: ", "has no `load_one_batch`")),
    "other-space": ({"dryTrial": True}, ("spec.preflight.dryTrial: the objective never asks for `unused`",)),
    "failing-command": (
        {"commands": [["python", "-c", "print('two tests failed'); raise SystemExit(3)"]]},
        ("spec.preflight.commands[0]: ended with exit code 3", "two tests failed"),
    ),
    "hanging-command": (
        {"timeoutSeconds": 10, "commands": [["sleep", "600"]]},
        ("spec.preflight.commands[0]: did not end within 10 s",),
    ),
}
# What a user patches into `spec.preflight` afterwards.
FIXES: dict[str, Json] = {
    "few-files": {"paths": [{"path": SOURCE, "glob": "*.py", "minFiles": 1}]},
    "bad-checksum": {"paths": [{"path": f"{SOURCE}/train.py"}]},
    "old-package": {"imports": [{"module": "optuna", "version": ">=5"}]},
    "small-disk": {"disk": [{"path": "/tmp", "freeBytes": 1}]},  # noqa: S108
    "no-gpu": {"gpu": None},
    "no-sample": {"sample": "train:load_nothing"},
    "other-space": {"dryTrial": False},
    "failing-command": {"commands": [["python", "-c", "print('all tests passed')"]]},
    "hanging-command": {"commands": [["sleep", "0"]]},
}
WITHOUT_OBJECTIVE, WITH_TOKEN, UNCOMMITTED = "no-objective", "wrong-token", "uncommitted"
# By name of the sweep, for those whose fix is not in `spec.preflight`.
WORDS = {
    WITHOUT_OBJECTIVE: ("spec.objective.python: ", "no module `train`"),
    WITH_TOKEN: ("spec.preflight.commands[0]: ended with exit code 1",),
    UNCOMMITTED: (f"spec.preflight.source: `{SOURCE}` has uncommitted changes: `train.py`",),
}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def git(changes: str) -> dict[str, str]:
    """Return a program that answers as git does, because the image of the workers has none."""
    return {"git": f"#!/bin/sh\ncase \"$*\" in *rev-parse*) echo {COMMIT} ;; *status*) printf '{changes}' ;; esac\n"}


def with_git(sweep: Json) -> Json:
    """Mount the program where pods look for it."""
    pod = sweep["spec"]["workers"]["template"]["spec"]
    pod["volumes"] = [{"name": GIT, "configMap": {"name": GIT, "defaultMode": 0o555}}]
    pod["containers"][0]["volumeMounts"] = [{"name": GIT, "mountPath": "/usr/local/bin/git", "subPath": "git"}]
    return sweep


@pytest.fixture(scope="module")
def waiting(shared: Place) -> Place:
    """All sweeps, each stopped at its gate."""
    make_config_map(shared.server, shared.name, FIXED, {"other.py": ""})
    sweeps = [shared.sweep(name, most=2, replicas=1, preflight=block) for name, (block, _) in FAILURES.items()]
    unused = {"name": "unused", "float": {"low": 0.0, "high": 1.0}}
    for sweep in sweeps:
        if sweep["metadata"]["name"] == "other-space":
            sweep["spec"]["objective"]["python"] = "train:only_x"
            sweep["spec"]["searchSpace"].append(unused)
    broken = shared.sweep(WITHOUT_OBJECTIVE, most=2, replicas=1, preflight={})
    broken["spec"]["objective"]["sourceRef"]["configMap"]["name"] = FIXED
    make_secret(shared.server, shared.name, TOKEN, TOKEN="wrong")
    token = shared.sweep(WITH_TOKEN, most=2, replicas=1, preflight={"commands": [HAS_TOKEN]})
    container = token["spec"]["workers"]["template"]["spec"]["containers"][0]
    container["envFrom"] = [{"secretRef": {"name": TOKEN}}]
    make_config_map(shared.server, shared.name, GIT, git(" M train.py\\n"))
    source = {"source": {"path": SOURCE}}
    uncommitted = with_git(shared.sweep(UNCOMMITTED, most=2, replicas=1, preflight=source))
    checksum = hashlib.sha256(code()["train.py"].encode()).hexdigest()
    right = {"paths": [{"path": f"{SOURCE}/train.py", "sha256": checksum}], "imports": [{"module": "optuna"}]}
    warns = {**FAILURES["no-data"][0], "failurePolicy": "Warn"}
    sweeps += [
        broken,
        token,
        uncommitted,
        shared.sweep("right", most=2, replicas=1, preflight=right),
        shared.sweep("warns", most=2, replicas=1, preflight=warns),
    ]
    shared.apply({"apiVersion": "v1", "kind": "List", "items": sweeps})
    for name in (*FAILURES, *WORDS):
        shared.until_condition(name, "PreflightPassed", "False", reason="Failed")
    return shared


def phases(place: Place, name: str) -> list[str]:
    return [job["metadata"]["labels"]["hposweep.dev/phase"] for job in place.jobs(name)]


@pytest.mark.parametrize("name", [*FAILURES, *WORDS])
def test_a_failed_check_names_its_field_and_holds_neither_pod_nor_job(waiting: Place, name: str) -> None:
    words = FAILURES[name][1] if name in FAILURES else WORDS[name]
    status = waiting.status(name)
    message = waiting.conditions(name)["PreflightPassed"]["message"]
    assert [word for word in words if word not in message] == []
    assert (status["state"], status["message"]) == ("Checking", message)
    assert status["preflight"][0]["outcome"] == "Failed"
    assert [row["outcome"] for row in status["preflight"]].count("Failed") == 1
    assert set(phases(waiting, name)) == {"preflight"}
    # An attempt that has failed is repeated after a minute; between two of them there is no pod.
    until(lambda: waiting.live_pods(name), lambda pods: not pods, seconds=60, what="no pod is left")


def test_checks_that_pass_start_the_search(waiting: Place, figures: Figures) -> None:
    waiting.until_condition("right", "Complete", reason="BudgetReached")
    assert waiting.conditions("right")["PreflightPassed"]["reason"] == "Passed"
    created = {job["metadata"]["labels"]["hposweep.dev/phase"]: job for job in waiting.jobs("right")}
    assert set(created) == {"preflight", "search"}
    (pod,) = (pod for pod in waiting.pods("right") if pod["metadata"]["labels"]["hposweep.dev/phase"] == "preflight")
    ended = pod["status"]["containerStatuses"][0]["state"]["terminated"]["finishedAt"]
    figures.tell(f"preflight: its pod ended at {ended}, the search's Job was created at "
                 f"{created['search']['metadata']['creationTimestamp']}")  # fmt: skip


def test_a_policy_that_warns_starts_the_search_and_keeps_the_finding(waiting: Place) -> None:
    waiting.until_condition("warns", "Complete", reason="BudgetReached")
    passed = waiting.conditions("warns")["PreflightPassed"]
    assert (passed["status"], passed["reason"]) == ("True", "PassedWithWarnings")
    assert "`/data/digits` does not exist" in passed["message"]


def test_a_patched_check_goes_on_by_itself(waiting: Place) -> None:
    waiting.patch("no-data", preflight={"paths": [{"path": SOURCE}]})
    waiting.until_condition("no-data", "PreflightPassed", reason="Passed")
    waiting.until_condition("no-data", "Complete", reason="BudgetReached")


def test_a_fixed_config_map_goes_on_by_itself(waiting: Place) -> None:
    path = f"/api/v1/namespaces/{waiting.name}/configmaps/{FIXED}"
    waiting.server.send("PATCH", path, {"data": code()}, content_type=MERGE_PATCH)
    waiting.until_condition(WITHOUT_OBJECTIVE, "PreflightPassed", reason="Passed")
    waiting.until_condition(WITHOUT_OBJECTIVE, "Complete", reason="BudgetReached")


def test_a_fixed_secret_goes_on_by_itself(waiting: Place) -> None:
    path, data = f"/api/v1/namespaces/{waiting.name}/secrets/{TOKEN}", {"stringData": {"TOKEN": "right"}}
    waiting.server.send("PATCH", path, data, content_type=MERGE_PATCH)
    waiting.until_condition(WITH_TOKEN, "PreflightPassed", reason="Passed")
    jobs = [job for job in waiting.jobs(WITH_TOKEN) if job["metadata"]["labels"]["hposweep.dev/phase"] == "preflight"]
    inputs = [job["metadata"]["annotations"]["hposweep.dev/input"].split(".") for job in jobs]
    assert len({specification for specification, _ in inputs}) == 1
    assert len({references for _, references in inputs}) > 1, "the attempt was due because the Secret had changed"
    waiting.until_condition(WITH_TOKEN, "Complete", reason="BudgetReached")


def test_committed_code_goes_on_by_itself(waiting: Place) -> None:
    path = f"/api/v1/namespaces/{waiting.name}/configmaps/{GIT}"
    waiting.server.send("PATCH", path, {"data": git("")}, content_type=MERGE_PATCH)
    waiting.until_condition(UNCOMMITTED, "PreflightPassed", reason="Passed")
    (row,) = (row for row in waiting.status(UNCOMMITTED)["preflight"] if row["check"] == "source")
    assert (row["outcome"], row["value"]) == ("Passed", COMMIT)
    waiting.until_condition(UNCOMMITTED, "Complete", reason="BudgetReached")


def test_an_annotation_asks_for_another_attempt(waiting: Place) -> None:
    def inputs() -> set[str]:
        return {job["metadata"]["annotations"]["hposweep.dev/input"] for job in waiting.jobs("old-package")}

    before = inputs()
    waiting("annotate", "hposweep", "old-package", "hposweep.dev/retry-preflight=now", "--overwrite")
    until(inputs, lambda after: after > before, seconds=30, what="an attempt with the annotation")
    names = [job["metadata"]["name"] for job in waiting.jobs("old-package")]
    assert {"old-package-preflight", "old-package-preflight-2"} <= set(names)


@pytest.fixture(scope="module")
def fixed(waiting: Place) -> Place:
    """All sweeps whose check can be corrected in the spec, corrected at once."""
    for name, block in FIXES.items():
        waiting.patch(name, preflight=block)
    return waiting


@pytest.mark.parametrize("name", FIXES)
def test_a_corrected_check_starts_the_search_by_itself(fixed: Place, name: str) -> None:
    fixed.until_condition(name, "PreflightPassed", reason="Passed")
    fixed.until_condition(name, "Complete", reason="BudgetReached")
    assert set(phases(fixed, name)) == {"preflight", "search"}


@pytest.mark.alone
def test_an_operator_killed_in_the_gate_starts_no_second_pod(
    place: Place, installation: Installation, evidence: Evidence
) -> None:
    slow = {"commands": [["sleep", "8"]]}
    place.apply(place.sweep("killed", most=2, replicas=1, preflight=slow))
    until(lambda: place.jobs("killed"), seconds=60, what="the Job of the checks exists")
    for _ in range(3):
        kill(installation, evidence)
        installation.wait_until_ready()
    place.until_condition("killed", "PreflightPassed", reason="Passed")
    place.until_condition("killed", "Complete", reason="BudgetReached")
    assert sorted(phases(place, "killed")) == ["preflight", "search"]
    pods = [pod["metadata"]["labels"]["hposweep.dev/phase"] for pod in place.pods("killed")]
    assert sorted(pods) == ["preflight", "search"]


def test_a_sweep_that_waits_can_be_stopped_and_deleted(place: Place) -> None:
    place.apply(place.sweep("stopped", most=2, replicas=1, preflight={"commands": [["sleep", "600"]]}))
    until(lambda: place.live_pods("stopped"), seconds=60, what="the checks run")
    place.patch("stopped", stop="Drain")
    place.until_condition("stopped", "Complete", reason="StoppedByUser")
    until(lambda: place.live_pods("stopped"), lambda pods: not pods, seconds=60, what="the pod of the checks is gone")
    stays(lambda: place.jobs("stopped"), lambda jobs: len(jobs) == 1, seconds=2, what="no other Job is created")
    place.delete("stopped")


def test_no_part_of_the_url_is_in_a_job_or_a_result(waiting: Place, password: str) -> None:
    text = json.dumps([waiting.jobs(name) + waiting.pods(name) for name in FAILURES])
    assert "HPOSWEEP_PREFLIGHT" in text
    assert password not in text
    assert CODE in text
