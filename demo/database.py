"""PostgreSQL for the demo and the Secret that a sweep reads. The password is generated here and stored nowhere else."""

from __future__ import annotations

import secrets

from demo.console import apply, kubectl, step

MANIFESTS = "demo/postgres/base"
USER, DATABASE = "optuna", "optuna"


def start(namespace: str, image: str) -> None:
    """Start the server and return when it answers."""
    password = secrets.token_urlsafe(18)
    uri = f"postgresql://{USER}:{password}@postgres.{namespace}.svc:5432/{DATABASE}"
    with step("started PostgreSQL"):
        apply(
            secret(namespace, "postgres-admin", password=password),
            secret(namespace, "optuna-db", uri=uri),
        )
        rendered = kubectl("kustomize", MANIFESTS).replace("hposweep-postgres:latest", image)
        kubectl("apply", "-n", namespace, "-f", "-", stdin=rendered)
        kubectl("rollout", "status", "statefulset/postgres", "-n", namespace, "--timeout=180s")


def secret(namespace: str, name: str, **values: str) -> dict[str, object]:
    """Return a Secret with these values."""
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": values}
