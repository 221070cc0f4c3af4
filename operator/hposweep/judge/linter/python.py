"""`spec.objective.python`: the name of a file where the name of a module is needed."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding

_FIELD = "spec.objective.python"
_SUFFIX = ".py"


def findings(spec: Spec) -> Iterator[ContractFinding]:
    file, _, function = (spec.objective.python or "").partition(":")
    if file.endswith(_SUFFIX) and file != _SUFFIX:
        module = file.removesuffix(_SUFFIX).removeprefix("./").strip("/").replace("/", ".")
        sentence = f"`{file}` is a file name. Write `{module}:{function or 'objective'}`."
        yield error(LinterRule.FILE_INSTEAD_OF_MODULE, (_FIELD,), sentence)
