"""The guide to approval: its sweep waits, the question is the real one, and its patches grant and answer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from hposweep.api.status import Status
from hposweep.api.sweep import Sweep
from hposweep.cli.validate.findings import findings
from hposweep.schema.check import check
from tests.documents import ROOT, sweeps
from tests.unit import world
from tests.unit.report.reading import told

Json = dict[str, Any]

PAGE = "docs/how-to/approval.md"
TEXT = (ROOT / PAGE).read_text()
BODY = sweeps()[f"{PAGE}:0"]
GRANT, ANSWER = (json.loads(patch)["spec"] for patch in re.findall(r"^kubectl patch .* -p '(\{.*\})'$", TEXT, re.M))


def sweep(**spec: Any) -> Sweep:
    """Return the sweep of the guide with its patches applied, as the API server would store it."""
    body: Json = {**BODY, "spec": {**BODY["spec"], **spec}}
    checked = check(body, None)
    assert checked.faults == ()
    identity = {"uid": world.UID, "generation": 1}
    return Sweep.from_object({**checked.document, "metadata": {**checked.document["metadata"], **identity}})


def report_of(of: Sweep) -> Status:
    return told(of, world.seen(world.study(of)))


def approved(status: Status) -> tuple[str, str, str]:
    entry = status.condition("Approved")
    assert entry is not None
    return entry.status, entry.reason, entry.message


def test_the_sweep_of_the_guide_has_no_finding() -> None:
    assert [finding for finding in findings(BODY) if finding.severity != "Info"] == []


def test_the_question_of_the_guide_is_the_real_one() -> None:
    status = report_of(sweep())
    assert status.approval is not None
    assert status.state == "AwaitingApproval"
    shown = TEXT.partition("```\na person must approve")[2].partition("\n```")[0]
    expected = f"a person must approve{shown}".replace("DIGEST", status.approval.digest)
    assert approved(status) == ("False", "Waiting", expected)


def test_the_patch_of_the_guide_grants_the_digest_of_the_question() -> None:
    waiting = sweep()
    status = report_of(waiting)
    assert status.approval is not None
    grant = {**GRANT["approval"], "required": True}
    stale = report_of(replace(sweep(approval=grant), status=status))
    assert approved(stale)[1] == "Waiting", "the digest of the guide is another one"
    fresh = report_of(replace(sweep(approval=grant | {"digest": status.approval.digest}), status=status))
    assert approved(fresh) == ("True", "Granted", f"ada approved `{status.approval.digest}`: cheap enough")


@pytest.mark.parametrize(("answer", "outcome"), [("Approve", "True"), ("Reject", "False")])
def test_the_answer_of_the_guide_decides_the_criterion(answer: str, outcome: str) -> None:
    (entry,) = ANSWER["answers"]
    status = report_of(sweep(answers=[{**entry, "answer": answer}]))
    (tier,) = status.success
    assert tier.criteria[1].outcome == outcome
