"""The whole of `hposweep compare`: read the studies, compare them, print the result."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import optuna

from hposweep.analysis.comparison import DifferentObjectivesError, compare_studies
from hposweep.cli.analyze.command import named_storage
from hposweep.cli.analyze.formats import AnalysisFormat
from hposweep.cli.analyze.output import print_result
from hposweep.cli.compare.comparison_sections import sections
from hposweep.cli.run.errors import RefusedInputError
from hposweep.database.errors import StorageError
from hposweep.database.study_reader import read_study

EXIT_COMPARED, EXIT_REFUSED = 0, 2


def compare_named(names: Sequence[str], storages: Sequence[str], output: AnalysisFormat) -> int:
    """Print the comparison, and return the exit code."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        addresses = _addresses(names, storages)
        comparison = compare_studies([read_study(*pair) for pair in zip(addresses, names, strict=True)])
    except StorageError as error:
        return _refuse(error.message)
    except RefusedInputError as error:
        return _refuse(*error.faults)
    except DifferentObjectivesError as error:
        return _refuse(str(error))
    print_result(comparison, sections(comparison), output)
    return EXIT_COMPARED


def _addresses(names: Sequence[str], storages: Sequence[str]) -> list[str]:
    """Return the storage of each study."""
    if len(names) < 2:
        raise RefusedInputError(f"STUDY: a comparison needs two studies (got {len(names)}). Pass another name.")
    if len(storages) <= 1:
        return [named_storage(storages[0] if storages else None)] * len(names)
    if len(storages) != len(names):
        raise RefusedInputError(
            f"--storage: pass it once, or once for each study (got {len(storages)} for {len(names)} studies)."
        )
    return list(storages)


def _refuse(*faults: str) -> int:
    for fault in faults:
        sys.stderr.write(f"hposweep compare: {fault}\n")
    return EXIT_REFUSED
