"""The images of this project with their names, sources and build options. Used by all other modules here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from images import content

ROOT = Path(__file__).resolve().parent.parent
BASE_IMAGE = "docker.io/library/python:3.11-slim"  # the default of every Dockerfile of this project


@dataclass(frozen=True, slots=True)
class Image:
    """One image. Its Dockerfile copies `sources` and nothing else; `arguments` are its build arguments."""

    key: str
    dockerfile: str
    sources: tuple[str, ...]
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"hposweep-{self.key}"

    def tag(self, base: str, root: Path = ROOT) -> str:
        """Return the tag of this image on the base image `base`."""
        return content.tag(root, (self.dockerfile, *self.sources), {**self.arguments, "base": base})


@dataclass(frozen=True, slots=True)
class Choices:
    """Options of the trial image. constraints.txt pins the versions."""

    torch: str = "torch"
    extra_requirements: str = "scikit-learn"  # what examples/digits imports


def images(choices: Choices) -> tuple[Image, ...]:
    """Return all images, the fast builds first."""
    installed = ("pyproject.toml", "constraints.txt")
    return (
        Image(
            "operator", "Dockerfile", (*installed, "operator/hposweep", "trial_image/hpotrial", "manifests/base/crd")
        ),
        Image("postgres", "images/postgres/Dockerfile", ("images/postgres/start.sh",)),
        Image(
            "trial",
            "trial_image/Dockerfile",
            (*installed, "trial_image/hpotrial"),
            {"TORCH": choices.torch, "EXTRA_REQUIREMENTS": choices.extra_requirements},
        ),
    )
