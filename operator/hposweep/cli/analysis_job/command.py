"""The whole of the Job: read the request and the study, build the files, write the row. Called by `__main__`.

No error leaves this module, because the text of a foreign one may quote the database's URL.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from pathlib import Path

import optuna

from hposweep.analysis.analyze import AnalysisOptions
from hposweep.api.analysis import REQUEST_ENV, AnalysisRequest
from hposweep.api.wire import from_wire
from hposweep.cli.analysis_job.files import Results, results
from hposweep.database.analyses import AnalysisWriter
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.study_reader import read_study
from hposweep.model.stored_study import StoredStudy
from hposweep.text import count
from hpotrial.protocol import EXIT_DONE, EXIT_INVALID_CONFIG, STORAGE_URL_ENV, TLS_STORAGE_URL_ENV
from hpotrial.protocol.tls import Tls

EXIT_ERROR = 1  # the Job tries again


def run(environment: Mapping[str, str]) -> tuple[int, str]:
    """Return the exit code, and what was done or why not."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # the analysis makes studies in memory
    try:
        request = from_wire(AnalysisRequest, json.loads(environment[REQUEST_ENV]))
        dsn = _address(environment)
    except KeyError as error:
        return EXIT_INVALID_CONFIG, f"{error.args[0]}: not set, or an incomplete request"
    except ValueError as error:
        return EXIT_INVALID_CONFIG, f"the request or the database's URL is invalid: {error}"
    try:
        outcome = _analyze(request, dsn)
    except StorageError as error:
        return EXIT_ERROR, error.message
    except MemoryError:
        return EXIT_INVALID_CONFIG, "the analysis needs more memory than its Job may use: run `hposweep report`"
    except Exception as error:  # an analysis has no tolerance to give: another attempt may succeed
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
        return EXIT_ERROR, f"internal error of the analysis: {place}"
    return EXIT_DONE, f"analyzed {count(outcome.trials, 'trial')}: {', '.join(outcome.files)}"


def _address(environment: Mapping[str, str]) -> Dsn:
    """Return the database's address. Raises KeyError, ValueError when it cannot be used."""
    tls = Tls.of_environ(environment)
    if tls is None:
        return Dsn(environment[STORAGE_URL_ENV])
    url = environment[TLS_STORAGE_URL_ENV]
    if problem := tls.problem(url):
        raise ValueError(problem)
    return Dsn(tls.secured(url))


def _analyze(request: AnalysisRequest, dsn: Dsn) -> Results:
    study = read_study(dsn.reveal(), request.study)
    baseline, fault = _baseline(request, dsn)
    options = AnalysisOptions(request.top_k, request.random_trials)
    outcome = results(study, request, options, baseline, fault)
    writer = AnalysisWriter(dsn)
    try:
        writer.write(request, outcome.files, trials=outcome.trials, notes=outcome.notes)
    finally:
        writer.close()
    return outcome


def _baseline(request: AnalysisRequest, dsn: Dsn) -> tuple[StoredStudy | None, str]:
    """Return the baseline study, or why there is none to compare with: it costs no other result."""
    if request.baseline is None:
        return None, ""
    try:
        return read_study(dsn.reveal(), request.baseline), ""
    except StorageError as error:
        return None, error.message
