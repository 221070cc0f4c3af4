"""Run buildah on its own store outside the checkout, without a daemon and apart from the user's images.

Every call has its own mount namespace, so that neither a failure nor a kill leaves a mount on the machine.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from images import steps


def cache_directory() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hposweep"


@dataclass(frozen=True, slots=True)
class Buildah:
    """The builder and its store."""

    store: Path

    def command(self, *arguments: str) -> list[str]:
        places = ["--root", str(self.store / "root"), "--runroot", str(self.store / "run")]
        # nice: `make test` builds images while tests with time limits run.
        return ["nice", "-n", "10", "unshare", "--mount", "buildah", *places, "--storage-driver", "overlay", *arguments]

    def log(self, name: str) -> Path:
        return self.store / "logs" / f"{name}.log"

    def labels(self, reference: str) -> dict[str, str] | None:
        """Return the labels of an image in the store, or None if the store does not have it."""
        template = '{{range $name, $value := .OCIv1.Config.Labels}}{{$name}}={{$value}}{{"\\n"}}{{end}}'
        answer = subprocess.run(
            self.command("inspect", "--type", "image", "--format", template, reference),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if answer.returncode:
            return None
        return {name: value for name, _, value in (line.partition("=") for line in answer.stdout.splitlines() if line)}

    def references(self) -> list[str]:
        """Return the named images in the store."""
        command = self.command("images", "--format", "{{.Name}}:{{.Tag}}")
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    def remove(self, references: Sequence[str]) -> None:
        """Remove images, and the layers that no other image needs."""
        log = self.log("remove")
        if references:
            steps.run(f"removed {len(references)} images", self.command("rmi", *references), log)
        steps.run("removed layers without an image", self.command("rmi", "--prune"), log)

    def build(
        self, reference: str, dockerfile: Path, context: Path, arguments: Mapping[str, str], options: Sequence[str] = ()
    ) -> None:
        """Build an image from a Dockerfile, as `docker build` would."""
        chosen = [f"--build-arg={name}={value}" for name, value in arguments.items()]
        # With chroot isolation, RUN uses the host's network and needs no second network namespace.
        fixed = ["--isolation", "chroot", "--layers", "--force-rm", "--tag", reference, "--file", str(dockerfile)]
        command = self.command("bud", *fixed, *chosen, *options, str(context))
        steps.run(f"built {reference}", command, self.log(reference.rpartition("/")[2].partition(":")[0]))

    def push(self, local: str, remote: str, *, plain: bool) -> None:
        """Push an image, to a local registry with Zstandard, which takes half the time of gzip at both ends."""
        zstandard = ["--compression-format", "zstd", "--compression-level", "1"]
        options = ["--tls-verify=false", *zstandard] if plain else []
        log = self.log(f"push-{local.rpartition('/')[2].partition(':')[0]}")
        steps.run(f"pushed {remote}", self.command("push", *options, local, f"docker://{remote}"), log)
