"""The worker's configuration is valid: fields of the spec that only a worker can check. Always runs."""

from __future__ import annotations

from collections.abc import Iterator

from hpotrial import config
from hpotrial.preflight.check import Check, CheckContext, CheckKind, CheckResult, Deadline, failure, success


def checks(context: CheckContext) -> Iterator[Check]:
    def run(deadline: Deadline) -> CheckResult:
        try:
            worker_config = config.load_config(context.environ)
            config.make_sampler(worker_config, 0)
            config.make_pruner(worker_config)
        except config.InvalidConfigError as error:
            return failure(str(error))
        return success()

    yield Check(KIND.name, "worker", "", run)


KIND = CheckKind("configuration", checks)
