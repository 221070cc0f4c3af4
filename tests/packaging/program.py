"""A program on PATH, run for its output: helm and kubectl as a person would type them, without any cluster."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import Any

import yaml

TIMEOUT_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Program:
    """Runs one program; a failure shows what it printed."""

    name: str

    def __call__(self, *arguments: str) -> str:
        run = self._run(arguments)
        assert run.returncode == 0, f"{self.name} {' '.join(arguments)}: {run.stdout}{run.stderr}"
        return run.stdout

    def objects(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the Kubernetes objects that the program printed."""
        return [document for document in yaml.safe_load_all(self(*arguments)) if document]

    def refusal(self, *arguments: str) -> str:
        """Return what a command printed that must fail."""
        run = self._run(arguments)
        assert run.returncode != 0, f"{self.name} {' '.join(arguments)} was accepted: {run.stdout[:500]}"
        return run.stdout + run.stderr

    def output(self, *arguments: str) -> str:
        """Return what the program printed, whatever its exit status: a linter's is that of its findings."""
        return self._run(arguments).stdout

    def _run(self, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.name, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
            # No cluster and no user's settings may leak into what is rendered.
            env=os.environ | {"KUBECONFIG": os.devnull},
        )
