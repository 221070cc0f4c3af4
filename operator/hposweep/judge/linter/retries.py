"""The exceptions of `spec.trials.retryOn`: names that match nothing or everything, and retries that are forbidden."""

from __future__ import annotations

import builtins
import difflib
from collections.abc import Iterator

from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding

_FIELD = "spec.trials.retryOn"
_EXCEPTIONS = tuple(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)
_EVERYTHING = ("Exception", "BaseException")


def findings(spec: Spec) -> Iterator[ContractFinding]:
    names = spec.trials.retry_on
    if names and spec.trials.max_retries == 0:
        fields = (_FIELD, "spec.trials.maxRetries")
        yield warning(LinterRule.RETRIES_FORBIDDEN, fields, f"has no effect, because `{fields[1]}` is 0. Raise it.")
    for position, name in enumerate(names):
        field, bare = f"{_FIELD}[{position}]", name.removeprefix("builtins.")
        if bare in _EVERYTHING:
            sentence = f"`{bare}` retries every failure, mistakes in the code as well. Name the exceptions to retry."
            yield warning(LinterRule.RETRIES_EVERY_FAILURE, (field,), sentence)
        elif bare.isidentifier() and bare not in _EXCEPTIONS:  # the schema refuses what is no name
            similar = difflib.get_close_matches(bare, _EXCEPTIONS, n=1, cutoff=0.85)
            advice = f"did you mean `{similar[0]}`?" if similar else f"write its module as well: `module.{bare}`."
            yield error(LinterRule.UNKNOWN_EXCEPTION, (field,), f"`{bare}` is no exception of Python; {advice}")
