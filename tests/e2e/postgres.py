"""The tests' own PostgreSQL: the demo's manifests with a password that is looked for everywhere afterwards.

Sweeps reach it by its Service; the tests by a port that kubectl forwards, which works with any cluster.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from psycopg2 import sql

from tests.contract.conftest import ROOT
from tests.contract.kubectl import Kubectl
from tests.e2e.patience import until
from tests.e2e.trials import Database

MANIFESTS = ROOT / "demo" / "postgres" / "base"
USER = "optuna"
START_SECONDS = 120


@dataclass
class Postgres:
    """One server in a namespace of its own."""

    kubectl: Kubectl
    namespace: str
    password: str
    _forward: subprocess.Popen[str] | None = None
    _port: int = 0
    _opened: list[Database] = field(default_factory=list)

    def start(self, image: str) -> None:
        """Return when it answers. The namespace and the Secret `postgres-admin` exist already."""
        rendered = self.kubectl("kustomize", str(MANIFESTS)).replace("hposweep-postgres:latest", image)
        self.kubectl("apply", "-n", self.namespace, "-f", "-", stdin=rendered)
        ready = ("get", "statefulset/postgres", "-n", self.namespace, "-o", "jsonpath={.status.readyReplicas}")
        until(lambda: self.kubectl(*ready), "1".__eq__, seconds=START_SECONDS, what="PostgreSQL is ready")

    def url(self, database: str, *, user: str = USER, password: str | None = None) -> str:
        """As the pods of the cluster reach it."""
        return self._url(f"postgres.{self.namespace}.svc:5432", database, user, password or self.password)

    def pod_address(self) -> str:
        """Return the address of the pod, where no server listens on other ports."""
        return self.kubectl("get", "pod/postgres-0", "-n", self.namespace, "-o", "jsonpath={.status.podIP}")

    def database(self, name: str) -> Database:
        """For the test's own questions."""
        opened = Database(lambda: self.forwarded_url(name))
        self._opened.append(opened)
        return opened

    def forwarded_url(self, name: str) -> str:
        """As this machine reaches it."""
        return self._url(f"127.0.0.1:{self._forwarded()}", name, USER, self.password)

    def create(self, database: str) -> Database:
        self._admin.rows(sql.SQL("create database {}").format(sql.Identifier(database)))
        return self.database(database)

    def create_user(self, user: str, password: str) -> None:
        statement = sql.SQL("create user {} password {}").format(sql.Identifier(user), sql.Literal(password))
        self._admin.rows(statement)

    @contextmanager
    def closed(self, database: str) -> Iterator[None]:
        """For a while it takes nobody in, and whoever was in is out: what a failover looks like to clients."""
        allow = sql.SQL("alter database {} with allow_connections {}")
        self._admin.rows(allow.format(sql.Identifier(database), sql.SQL("false")))
        self._admin.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %(name)s", {"name": database}
        )
        try:
            yield
        finally:
            self._admin.rows(allow.format(sql.Identifier(database), sql.SQL("true")))

    def stop(self) -> None:
        for database in self._opened:
            database.close()
        self._end_forward()

    @cached_property
    def _admin(self) -> Database:
        return self.database("postgres")

    @staticmethod
    def _url(place: str, database: str, user: str, password: str) -> str:
        return f"postgresql://{quote(user)}:{quote(password)}@{place}/{database}"

    def _forwarded(self) -> int:
        if self._forward is None or self._forward.poll() is not None:
            self._end_forward()
            command = ["kubectl", "port-forward", "-n", self.namespace, "service/postgres", ":5432"]
            self._forward = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            assert self._forward.stdout is not None
            said = self._forward.stdout.readline()  # Forwarding from 127.0.0.1:40123 -> 5432
            assert "->" in said, f"kubectl port-forward said {said!r}"
            self._port = int(said.split(" -> ")[0].rpartition(":")[2])
        return self._port

    def _end_forward(self) -> None:
        if self._forward is not None:
            self._forward.terminate()
            self._forward.wait()
            if self._forward.stdout is not None:
                self._forward.stdout.close()
            self._forward = None
