"""The Helm release of the operator, changed as a platform engineer changes it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from images.registry import is_plain
from tests.contract.conftest import ROOT
from tests.e2e.installation import DEPLOYMENT, NAMESPACE, Installation
from tests.e2e.patience import until

RELEASE = CHART = "hposweep"
WAIT_SECONDS = 150  # of helm, for a new operator that is ready
LIMIT_SECONDS = WAIT_SECONDS + 30
STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Release:
    """Runs helm against the installation that all tests share; a test that changes it installs it again at its end."""

    installation: Installation

    def upgrade(self, *arguments: str, chart: tuple[str, ...] = ("helm",)) -> None:
        """Keep the values of the release, change some, and return when the new operator is ready."""
        self.helm("upgrade", RELEASE, *chart, "--reset-then-reuse-values", *self._waiting(), *arguments)
        self.installation.wait_until_ready()

    def install(self, image: str, *chart: str) -> None:
        """Install a release that does not exist, from another place than the checkout."""
        repository, _, tag = image.rpartition(":")
        values = ("--set", f"image.repository={repository}", "--set-string", f"image.tag={tag}")
        self.helm("install", RELEASE, *chart, *values, *self._waiting())
        self.installation.wait_until_ready(image)

    def push_chart(self, registry: str, folder: Path) -> tuple[str, ...]:
        """Package the chart and push it to a registry. Return the arguments by which helm finds it there."""
        self.helm("package", "helm", "--destination", str(folder))
        (archive,) = folder.glob("hposweep-*.tgz")
        options = ("--plain-http",) if is_plain(registry) else ()
        self.helm("push", str(archive), f"oci://{registry}/charts", *options)
        return (f"oci://{registry}/charts/{CHART}", "--version", archive.stem.removeprefix(f"{CHART}-"), *options)

    def roll_back(self) -> None:
        """Return to the previous revision."""
        self.helm("rollback", RELEASE, *self._waiting())
        self.installation.wait_until_ready()

    def test(self) -> str:
        return self.helm("test", RELEASE, "--timeout", f"{WAIT_SECONDS}s")

    def uninstall(self) -> None:
        self.helm("uninstall", RELEASE, *self._waiting())

    def stop_the_operator(self) -> None:
        """Return when no operator runs, so that none asks for what a change of its permissions takes away."""
        kubectl = self.installation.kubectl
        kubectl("scale", f"deployment/{DEPLOYMENT}", "-n", NAMESPACE, "--replicas=0")
        until(lambda: not self.installation.pods(), seconds=STOP_SECONDS, what="the operator has stopped")

    def annotations(self) -> dict[str, str]:
        """Return the annotations of the operator's pod."""
        (pod,) = self.installation.pods()
        return dict(pod["metadata"].get("annotations", {}))

    def objects(self) -> list[str]:
        """Return the objects of the release that exist, the CRD excepted."""
        label = f"app.kubernetes.io/instance={RELEASE}"
        kubectl = self.installation.kubectl
        pods = "deployment,pod,service,serviceaccount,configmap,secret,role,rolebinding"
        others = "poddisruptionbudget,networkpolicy"
        names = kubectl("get", f"{pods},{others}", "-n", NAMESPACE, "-l", label, "-o", "name")
        cluster_wide = "clusterrole,clusterrolebinding,validatingadmissionpolicy,validatingadmissionpolicybinding"
        return [*names.split(), *kubectl("get", cluster_wide, "-l", label, "-o", "name").split()]

    @staticmethod
    def helm(*arguments: str) -> str:
        command = ["helm", *arguments, "-n", NAMESPACE]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS)
        assert run.returncode == 0, f"{' '.join(command)}: {run.stdout}{run.stderr}"
        return run.stdout

    @staticmethod
    def _waiting() -> tuple[str, ...]:
        return ("--wait", "--timeout", f"{WAIT_SECONDS}s")
