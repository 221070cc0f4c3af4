"""Install the operator with its chart into `hposweep-system`, as a platform engineer does."""

from __future__ import annotations

from demo.console import apply, kubectl, read, run, step

NAMESPACE = "hposweep-system"
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


def namespace(name: str) -> None:
    """Create a namespace in which only pods of the `restricted` Pod Security level may run."""
    apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": RESTRICTED}})


def clear(name: str) -> None:
    """Delete the namespace of an earlier run, sweeps before their database, so that each run prints the same."""
    if read("namespace", name) is None:
        return
    with step("deleted an earlier run"):
        kubectl("delete", "hposweeps", "--all", "-n", name, "--timeout=120s")
        kubectl("delete", "namespace", name, "--timeout=120s")


def install(image: str, *values: str) -> None:
    """Install or upgrade the operator with these arguments of helm, and return when it is ready."""
    repository, _, tag = image.rpartition(":")
    with step("installed the operator (helm)"):
        namespace(NAMESPACE)
        chosen = ["--set", f"image.repository={repository}", "--set-string", f"image.tag={tag}"]
        # --take-ownership makes a CRD that was applied by hand part of the release.
        run("helm", "upgrade", "--install", "hposweep", "helm", "-n", NAMESPACE, "--take-ownership", *chosen, *values)
    with step("the operator is ready"):
        kubectl("rollout", "status", "deployment/hposweep-operator", "-n", NAMESPACE, "--timeout=180s")
