"""optuna-dashboard as the chart runs it: its own process, a real PostgreSQL, and a browser's requests."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
import pytest

from hposweep.database.dsn import Dsn
from hposweep.database.optuna_storage import open_for_reader
from hposweep.database.study import Studies
from hpotrial.protocol import STORAGE_URL_ENV
from tests.integration.conftest import OWNER
from tests.postgres_server import PASSWORD, PostgresServer

pytestmark = pytest.mark.postgres

ANSWER_SECONDS = 90
START_SECONDS = 60
BEST = 0.25


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The running process and the file that it logs to."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Return status and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        status, body = self.request("GET", path)
        assert status == 200, body
        return json.loads(body)

    def reason(self, method: str, path: str) -> tuple[int, str]:
        status, body = self.request(method, path, {})
        return status, json.loads(body)["reason"]


@contextmanager
def running(url: str, folder: Path, *arguments: str) -> Iterator[Dashboard]:
    """Start it on a free port, which it logs, and end it as Kubernetes does."""
    log = folder / "log"
    command = [sys.executable, "-m", "hposweep.optuna_dashboard", "--port", "0", *arguments]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env={**os.environ, STORAGE_URL_ENV: url}, stderr=output, stdout=output) as process,
    ):
        try:
            yield Dashboard(_port(process, log), process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(ANSWER_SECONDS)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    for _ in range(START_SECONDS * 10):
        if match := re.search(r"at port (\d+)", log.read_text()):
            return int(match[1])
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"no port in the log: {log.read_text()}")


@pytest.fixture
def trials(optuna_study: optuna.Study) -> None:
    """Four trials of the study `s`, the best with the loss `BEST`."""
    optuna_study.optimize(lambda trial: (trial.suggest_float("x", 0, 4) - 2) ** 2 + BEST + trial.number, n_trials=3)
    optuna_study.enqueue_trial({"x": 2.0})
    optuna_study.optimize(lambda trial: (trial.suggest_float("x", 0, 4) - 2) ** 2 + BEST, n_trials=1)


@pytest.mark.usefixtures("trials")
def test_it_shows_the_studies_and_refuses_to_change_them(url: str, tmp_path: Path, studies: Studies) -> None:
    with running(url, tmp_path) as dashboard:
        (study,) = dashboard.get("/api/studies")["study_summaries"]
        assert study["study_name"] == "s"
        path = f"/api/studies/{study['study_id']}"
        assert dashboard.get(path)["best_trials"][0]["values"] == [BEST]
        assert dashboard.get(f"{path}/param_importances")["param_importances"]
        assert dashboard.request("GET", "/dashboard")[1].startswith("<!DOCTYPE html>")
        assert dashboard.request("HEAD", "/dashboard") == (200, "")
        for method in ("DELETE", "POST", "PUT", "PATCH", "OPTIONS"):
            status, reason = dashboard.reason(method, path)
            assert (status, reason.partition(". ")[0]) == (403, "This dashboard is read-only")
    assert dashboard.process.returncode == 0
    assert studies.read("s", [False]) is not None


@pytest.mark.usefixtures("optuna_study")
def test_the_database_itself_refuses_writes_of_a_reader(url: str, studies: Studies) -> None:
    """A page that writes with GET changes nothing either."""
    study_id = studies.read("s", [False]).id
    for may_write in (True, False):
        storage = open_for_reader(Dsn(url), may_write=may_write)
        try:
            if may_write:
                storage.set_study_user_attr(study_id, "note", "a")
            else:
                with pytest.raises(optuna.exceptions.StorageInternalError) as refusal:
                    storage.set_study_user_attr(study_id, "note", "b")
                assert "read-only transaction" in str(refusal.value.__cause__)
                assert storage.get_study_user_attrs(study_id)["note"] == "a"
        finally:
            storage.engine.dispose()


@pytest.mark.usefixtures("trials")
def test_with_changes_allowed_a_visitor_deletes_a_study_but_upgrades_no_tables(
    url: str, tmp_path: Path, studies: Studies
) -> None:
    with running(url, tmp_path, "--allow-changes") as dashboard:
        (study,) = dashboard.get("/api/studies")["study_summaries"]
        assert dashboard.reason("POST", "/incompatible-rdb-schema")[0] == 403
        status, _ = dashboard.request("DELETE", f"/api/studies/{study['study_id']}", {})
        assert status == 204
    assert studies.read("s", [False]) is None


def test_before_the_first_sweep_it_lives_and_is_not_ready(url: str, tmp_path: Path, studies: Studies) -> None:
    with running(url, tmp_path) as dashboard:
        assert dashboard.get("/healthz")
        status, reason = dashboard.reason("GET", "/readyz")
        assert status == 503
        assert "has no study yet" in reason
        studies.create("s", ["MINIMIZE"], ["loss"], OWNER)
        assert dashboard.get("/readyz")
        assert [study["study_name"] for study in dashboard.get("/api/studies")["study_summaries"]] == ["s"]


def test_an_unreachable_database_is_named_without_its_password(server: PostgresServer, tmp_path: Path) -> None:
    url = server.url("absent").replace(str(server.port), "1")
    with running(url, tmp_path) as dashboard:
        for _ in range(2):
            status, reason = dashboard.reason("GET", "/api/studies")
            assert status == 503
            assert "port 1 failed" in reason
    log = dashboard.log.read_text()
    assert log.count("database not usable yet") == 1
    assert PASSWORD not in reason + log


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "HPOSWEEP_STORAGE_URL: not set. Set it to the URL of the PostgreSQL database."),
        ("sqlite:///canary.db", "HPOSWEEP_STORAGE_URL: is an SQLite URL"),
        (
            "postgresql://u:canary@host:port/db",
            "HPOSWEEP_STORAGE_URL: is not a URL: its port is no number from 1 to 65535; it must look like",
        ),
    ],
)
def test_a_wrong_url_ends_it_with_a_sentence(url: str, sentence: str) -> None:
    environment = {**os.environ, STORAGE_URL_ENV: url}
    command = [sys.executable, "-m", "hposweep.optuna_dashboard"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=START_SECONDS)
    assert run.returncode == 64
    assert run.stderr.startswith(sentence)
    assert "canary" not in run.stderr
