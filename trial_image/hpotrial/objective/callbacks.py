"""Call `spec.objective.callbacks` after a trial, each with the study and the finished trial, as Optuna's callbacks.

Called where the objective ran, once its result is in the study: a callback that raises costs no result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hpotrial.objective import exceptions
from hpotrial.objective.load import ObjectiveNotFoundError, resolve

SUBJECT = "spec.objective.callbacks:"


def check(references: Sequence[str], source_path: str | None) -> None:
    """Raise ObjectiveNotFoundError unless each can be imported and called."""
    for reference in references:
        resolve(reference, source_path, SUBJECT)


def call_all(references: Sequence[str], source_path: str | None, study: Any, trial: Any) -> Iterator[str]:
    """Call each; yield a sentence for each that fails."""
    for reference in references:
        try:
            resolve(reference, source_path, SUBJECT)(study, trial)
        except ObjectiveNotFoundError as error:
            yield str(error)
        except BaseException as error:  # sys.exit too, because the trial's result is in the study already
            description = exceptions.describe(error, reference.partition(":")[0])
            exceptions.print_exception(description)
            place = f" ({description.place})" if description.place else ""
            yield f"callback `{reference}` raised {description.type_name}: {description.message}{place}"
