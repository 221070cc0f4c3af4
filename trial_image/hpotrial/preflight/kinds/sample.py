"""`spec.preflight.sample`: a function of the user's that loads a sample of the data returns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hpotrial.objective.load import ObjectiveNotFoundError, resolve
from hpotrial.preflight.check import FIELD, Check, CheckContext, CheckKind, CheckResult, Deadline, failure, success


def checks(context: CheckContext) -> Iterator[Check]:
    reference = context.block.get("sample")
    if reference:
        run = partial(_check, reference, context.config.source_path)
        yield Check(KIND.name, reference, f"{FIELD}.sample", run)


def _check(reference: str, source_path: str | None, deadline: Deadline) -> CheckResult:
    try:
        function = resolve(reference, source_path, "function")
    except ObjectiveNotFoundError as error:
        return failure(str(error))
    value = function()
    return success(f"returned {type(value).__name__}")


KIND = CheckKind("sample", checks)
