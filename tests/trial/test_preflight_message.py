"""The termination message of a preflight pod: bounded, the worst first, and read without trust."""

from __future__ import annotations

import json

import pytest

from hpotrial.protocol.preflight import (
    FAILED,
    MESSAGE_BYTES,
    PASSED,
    WARNING,
    Finding,
    PreflightResult,
)


def test_the_message_has_the_worst_findings_and_counts_the_others() -> None:
    findings = [
        *(Finding("path", f"/data/{number}", PASSED, value="é" * 100) for number in range(30)),
        *(Finding("import", f"module{number}", WARNING, "w" * 900) for number in range(3)),
        *(Finding("command", f"make test{number}", FAILED, "\udcff" + "f" * 900) for number in range(4)),
    ]
    result = PreflightResult.of(findings)
    message = result.to_message()
    assert len(message.encode()) <= MESSAGE_BYTES
    assert [entry.outcome for entry in result.findings][:5] == [FAILED] * 4 + [WARNING]
    assert (result.count(FAILED), result.count(WARNING), result.count(PASSED)) == (4, 3, 30)
    assert PreflightResult.from_message(message) is not None
    again = PreflightResult.from_message(message)
    assert again is not None
    assert again.total == 37
    assert all(len(entry.message) <= 600 for entry in again.findings)


@pytest.mark.parametrize(
    "text",
    [
        *("", "no JSON", "[]", "[" * 4000, '{"findings": 3}', '{"findings": [{"outcome": "Great"}]}'),
        *('{"findings": [{"outcome": ["Passed"]}]}', '{"findings": [], "omitted": {"Passed": Infinity}}'),
        '{"findings": [], "omitted": {"Passed": -1}}',
    ],
)
def test_what_is_no_result_is_none(text: str) -> None:
    assert PreflightResult.from_message(text) is None


def test_what_a_user_s_program_wrote_stays_within_the_limits_of_the_status() -> None:
    block = {"check": "c" * 900, "name": "n" * 900, "outcome": FAILED, "value": ["v"] * 300, "message": "m" * 900}
    message = json.dumps({"findings": [block, {"outcome": PASSED}], "omitted": {"Passed": 10**30, "Great": 1}})
    result = PreflightResult.from_message(message)
    assert result is not None
    (entry, other) = result.findings
    assert [len(text) for text in (entry.check, entry.name, entry.value, entry.message)] == [32, 200, 120, 600]
    assert (other.check, other.name) == ("", "")
    assert result.omitted == {"Passed": 10_000}
