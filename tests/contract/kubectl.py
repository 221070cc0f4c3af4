"""kubectl as people use it, for the tests that assert what they would see."""

from __future__ import annotations

import subprocess

TIMEOUT_SECONDS = 180


class Kubectl:
    """Runs the `kubectl` on PATH against KUBECONFIG and returns what it prints."""

    def __call__(self, *arguments: str, stdin: str | None = None) -> str:
        run = self._run(arguments, stdin)
        assert run.returncode == 0, f"kubectl {' '.join(arguments)}: {run.stderr}"
        return run.stdout

    def refusal(self, *arguments: str, stdin: str | None = None) -> str:
        """Return the error of a command that must fail."""
        run = self._run(arguments, stdin)
        assert run.returncode != 0, f"kubectl {' '.join(arguments)} was accepted: {run.stdout}"
        return run.stderr

    @staticmethod
    def _run(arguments: tuple[str, ...], stdin: str | None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["kubectl", *arguments], input=stdin, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
        )
