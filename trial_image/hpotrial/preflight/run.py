"""Run all checks of the preflight pod, log each in full, leave the results for the operator. Called by `__main__`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping

from hpotrial import protocol
from hpotrial.preflight.check import Check, CheckContext
from hpotrial.preflight.isolation import run_isolated
from hpotrial.preflight.registry import KINDS
from hpotrial.process import reaper
from hpotrial.protocol.config import WorkerConfig
from hpotrial.protocol.preflight import Finding, PreflightConfig, PreflightResult
from hpotrial.signals import Interrupt

TIMEOUT_SECONDS = 300.0  # of one check, unless the spec says otherwise


def preflight(
    uri: str,
    environ: MutableMapping[str, str],
    interrupt: Interrupt,
    redact: Callable[[str], str],
) -> tuple[int, str]:
    """Run the checks; return the exit code and the termination message."""
    reaper.become_subreaper()
    try:
        config = PreflightConfig.from_json(environ[protocol.PREFLIGHT_ENV])
        environ[protocol.WORK_ENV] = config.work  # for programs of the user that read it as in a trial
        context = CheckContext(config.preflight, WorkerConfig.from_environ(environ), environ, uri)
    except ValueError as error:
        return protocol.EXIT_INVALID_CONFIG, str(error)
    findings = []
    for check in _checks(context):
        finding = _finding(check, float(config.preflight.get("timeoutSeconds") or TIMEOUT_SECONDS), interrupt, redact)
        if interrupt.is_requested:
            return protocol.EXIT_INTERRUPTED, "the preflight pod was ended from outside"
        print(_line(finding), flush=True)
        findings.append(finding)
    return protocol.EXIT_DONE, PreflightResult.of(findings).to_message()


def _checks(context: CheckContext) -> Iterator[Check]:
    for kind in KINDS:
        yield from kind.checks(context)


def _finding(check: Check, seconds: float, interrupt: Interrupt, redact: Callable[[str], str]) -> Finding:
    result = run_isolated(check, seconds, lambda: interrupt.is_requested)
    sentence = f"{check.field}: {result.sentence}" if check.field and result.sentence else result.sentence
    texts = (redact(text) for text in (sentence, result.value, result.threshold))
    return Finding(check.kind, redact(check.name), result.outcome, *texts)


def _line(finding: Finding) -> str:
    """Return the line of the log, which is not cut as the message is."""
    numbers = ", ".join(
        f"{label} {text}" for label, text in (("is", finding.value), ("required", finding.threshold)) if text
    )
    parts = (f"preflight {finding.check} `{finding.name}`: {finding.outcome}", numbers, finding.message)
    return "; ".join(part for part in parts if part)
