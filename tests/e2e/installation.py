"""The operator as its users install it: images from this checkout, the Helm chart, its own service account."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests.contract.conftest import ROOT
from tests.contract.kubectl import Kubectl
from tests.e2e.patience import until
from tests.image_choices import WITHOUT_TORCH

NAMESPACE = "hposweep-system"
DEPLOYMENT = "hposweep-operator"
USER = f"system:serviceaccount:{NAMESPACE}:{DEPLOYMENT}"
SERVICE = f"/api/v1/namespaces/{NAMESPACE}/services/{DEPLOYMENT}:http/proxy"
READY_SECONDS = 120
BUILD_SECONDS = 900  # a first build installs every package


def build_images() -> dict[str, str]:
    """Build and push what the registry lacks; return the references by key."""
    _run(BUILD_SECONDS, sys.executable, "-m", "images", "build", "operator", "postgres", "trial")
    names = _run(30, sys.executable, "-m", "images", "names").split()
    return dict(name.split("=", 1) for name in names)


@dataclass(frozen=True, slots=True)
class Installation:
    """The Helm release in its namespace."""

    kubectl: Kubectl

    def install(self, image: str) -> None:
        """Return when it is ready. Takes over a CRD that was applied by hand."""
        repository, _, tag = image.rpartition(":")
        _run(
            60, "helm", "upgrade", "--install", "hposweep", "helm", "-n", NAMESPACE, "--take-ownership",
            "--set", f"image.repository={repository}", "--set-string", f"image.tag={tag}",
        )  # fmt: skip
        self.wait_until_ready(image)

    def wait_until_ready(self, image: str | None = None) -> None:
        """One pod, ready, of that image."""

        def ready() -> bool:
            running = [pod for pod in self.pods() if "deletionTimestamp" not in pod["metadata"]]
            if len(running) != 1 or (image and running[0]["spec"]["containers"][0]["image"] != image):
                return False
            return all(status["ready"] for status in running[0]["status"].get("containerStatuses", [{"ready": False}]))

        until(ready, seconds=READY_SECONDS, what="the operator is ready")

    def pods(self) -> list[dict[str, Any]]:
        said = self.kubectl(
            "get", "pods", "-n", NAMESPACE, "-l", "app.kubernetes.io/component=operator", "-o", "json"
        )  # fmt: skip
        return list(json.loads(said)["items"])

    def get(self, path: str) -> str:
        """Ask the operator's HTTP server, through its Service."""
        return self.kubectl("get", "--raw", f"{SERVICE}{path}")


def _run(seconds: int, *command: str) -> str:
    environment = {**os.environ, **WITHOUT_TORCH}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=seconds
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout
