"""The images of this project: their names, what they are built from, and what a builder may choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from images import content

ROOT = Path(__file__).resolve().parent.parent
BASE_IMAGE = "docker.io/library/python:3.11-slim"  # the default of every Dockerfile here


@dataclass(frozen=True, slots=True)
class Image:
    """One image: `sources` is all that its Dockerfile copies, `arguments` are its build arguments."""

    key: str
    dockerfile: str
    sources: tuple[str, ...]
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"hposweep-{self.key}"

    def tag(self, base: str, root: Path = ROOT) -> str:
        """Return the tag; `base` says which base image is meant."""
        return content.tag(root, (self.dockerfile, *self.sources), {**self.arguments, "base": base})


@dataclass(frozen=True, slots=True)
class Choices:
    """What a builder may choose for the trial image; the versions are pinned by constraints.txt."""

    torch: str = "torch"
    extra_requirements: str = "scikit-learn"  # what examples/digits imports


def images(choices: Choices) -> tuple[Image, ...]:
    """Return all images, the quick ones first."""
    installed = ("pyproject.toml", "constraints.txt")
    return (
        Image("operator", "Dockerfile", (*installed, "operator/hposweep", "trial_image/hpotrial")),
        Image("postgres", "images/postgres/Dockerfile", ("images/postgres/start.sh",)),
        Image(
            "trial",
            "trial_image/Dockerfile",
            (*installed, "trial_image/hpotrial"),
            {"TORCH": choices.torch, "EXTRA_REQUIREMENTS": choices.extra_requirements},
        ),
    )
