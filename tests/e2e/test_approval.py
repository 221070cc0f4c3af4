"""Approval on a cluster: nothing runs while it waits, an editor grants it, other code revokes it, and a person judges.

The operator is killed while all sweeps wait; what it asks afterwards is the same.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.contract.apiserver import MERGE_PATCH
from tests.e2e.evidence import Evidence
from tests.e2e.installation import Installation
from tests.e2e.operator_process import kill
from tests.e2e.patience import stays, until
from tests.e2e.place import Place, code, make_config_map

pytestmark = pytest.mark.alone

Json = dict[str, Any]

REQUIRED = {"required": True}
QUESTION = "ready for production?"
NAMES = ("granted", "revoked", "judged")
CODE = "approved-code"
EDITOR, VIEWER = "ada", "vic"


def approved(place: Place, name: str) -> Json:
    return place.conditions(name).get("Approved", {})


def command(place: Place, name: str) -> tuple[str, ...]:
    """Return the command of the condition's last line, as a person completes it."""
    line = approved(place, name)["message"].splitlines()[-1].strip()
    match = re.fullmatch(r"grant: kubectl (patch hposweep \S+ -n \S+ --type merge) -p '(.+)'", line)
    assert match, line
    patch = match[2].replace("YOUR-USER-NAME", EDITOR).replace("WHY", "it is cheap")
    return (*match[1].split(), "-p", patch)


@pytest.fixture(scope="module")
def waiting(shared: Place, installation: Installation, evidence: Evidence) -> Place:
    """Sweeps that wait for a person, and an operator that was killed meanwhile."""
    for user, role in ((EDITOR, "editor"), (VIEWER, "viewer")):
        shared("create", "rolebinding", f"approval-{user}", f"--user={user}", f"--clusterrole=hposweep-{role}")
    make_config_map(shared.server, shared.name, CODE, code())
    tier = {"full": [{"trialsFinished": {"min": 2}}, {"approval": {"question": QUESTION}}]}
    changing = shared.objective("train:quadratic", seconds=0.5)
    changing["sourceRef"] = {"configMap": {"name": CODE}}
    shared.apply(
        shared.sweep("granted", most=4, approval=REQUIRED, success=tier),
        shared.sweep("revoked", most=500, approval=REQUIRED, objective=changing),
        shared.sweep("judged", most=2, success=tier),
    )
    for name in ("granted", "revoked"):
        shared.until_condition(name, "Approved", "False", reason="Waiting")
    kill(installation, evidence)
    installation.wait_until_ready()
    return shared


def test_nothing_runs_while_it_waits(waiting: Place) -> None:
    before = approved(waiting, "granted")
    stays(
        lambda: (waiting.jobs("granted"), waiting.pods("granted"), approved(waiting, "granted")),
        lambda now: now == ([], [], before),
        seconds=5,
        what="no Job, no pod, and the same question after a restart",
    )
    assert waiting.status("granted")["state"] == "AwaitingApproval"
    reasons = [event["reason"] for event in waiting.events("granted")]
    assert reasons.count("Waiting") == 1


def test_a_viewer_cannot_grant_it_and_no_editor_under_another_name(waiting: Place) -> None:
    words = command(waiting, "granted")
    assert "cannot patch resource" in waiting.kubectl.refusal(*words, "--as", VIEWER)
    assert "must be your user name" in waiting.kubectl.refusal(*words)


def test_an_editor_grants_it_with_the_command_of_the_condition(waiting: Place) -> None:
    waiting.kubectl(*command(waiting, "granted"), "--as", EDITOR)
    condition = waiting.until_condition("granted", "Approved", reason="Granted")
    assert condition["message"].startswith(f"{EDITOR} approved `")
    waiting.until_condition("granted", "Complete", reason="BudgetReached")
    grant = waiting.status("granted")["approval"]["granted"]
    assert (grant["by"], grant["reason"]) == (EDITOR, "it is cheap")
    assert len(grant["subject"]["imageDigests"]) == 1, "the image that ran belongs to the grant"


def test_other_code_revokes_it_until_it_is_granted_again(waiting: Place) -> None:
    waiting.kubectl(*command(waiting, "revoked"), "--as", EDITOR)
    waiting.until_trials("revoked", COMPLETE=1)
    changed = {"data": {"train.py": code()["train.py"] + "\n# changed\n"}}
    path = f"/api/v1/namespaces/{waiting.name}/configmaps/{CODE}"
    waiting.server.send("PATCH", path, changed, content_type=MERGE_PATCH)
    condition = waiting.until_condition("revoked", "Approved", "False", reason="Revoked")
    assert "the content of ConfigMap `spec.objective.sourceRef` was" in condition["message"]
    waiting.until_no_pod_is_left("revoked")
    assert waiting.status("revoked")["state"] == "AwaitingApproval"
    waiting.kubectl(*command(waiting, "revoked"), "--as", EDITOR)
    waiting.until_condition("revoked", "Approved", reason="Granted")
    until(lambda: waiting.running_pods("revoked"), seconds=90, what="its workers run again")
    waiting.patch("revoked", stop="Terminate")


def test_a_question_is_answered_after_the_end(waiting: Place) -> None:
    waiting.until_condition("judged", "Complete", reason="BudgetReached")
    tier = waiting.until_condition("judged", "FullSuccess", "Unknown", reason="NotYet")
    assert f"`{QUESTION}`: answer it in `spec.answers`" in tier["message"]
    answer = {"question": QUESTION, "answer": "Approve", "by": EDITOR, "reason": "the losses are flat"}
    patch = json.dumps({"spec": {"answers": [answer]}})
    waiting("patch", "hposweep", "judged", "--as", EDITOR, "--type", "merge", "-p", patch)
    tier = waiting.until_condition("judged", "FullSuccess", reason="AllCriteriaMet")
    assert f"{EDITOR} answered Approve: the losses are flat" in tier["message"]
    assert waiting.status("judged")["verdict"] == "full"
