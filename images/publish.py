"""Build missing images and push those that the registry lacks. Existing ones cost one request. Used by `__main__`."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from images import catalogue, content, debian, network, registry, steps
from images.buildah import Buildah
from images.catalogue import Image
from images.error import ImageError

LOCAL = "localhost"  # registry part of a name when there is no registry


@dataclass(frozen=True, slots=True)
class Publisher:
    """Store, cache and registry of a build, and its base image."""

    buildah: Buildah
    cache: Path
    registry: str  # empty: build only
    base_image: str = catalogue.BASE_IMAGE
    pulls_base: bool = False

    @property
    def makes_base(self) -> bool:
        return self.base_image == catalogue.BASE_IMAGE and not self.pulls_base

    def tag(self, image: Image) -> str:
        return image.tag(debian.key() if self.makes_base else self.base_image)

    def reference(self, image: Image) -> str:
        return f"{self.registry or LOCAL}/{image.name}:{self.tag(image)}"

    def publish(self, images: Iterable[Image]) -> None:
        for image in images:
            started = time.monotonic()
            tag = self.tag(image)
            if self.registry and registry.holds(self.registry, image.name, tag):
                steps.done(f"found {self.reference(image)}", started)
                continue
            local = f"{LOCAL}/{image.name}:{tag}"
            if self.buildah.labels(local) is None:
                self._build(image, local)
            else:
                steps.done(f"found {local}, built already", started)
            if self.registry:
                self.buildah.push(local, self.reference(image), plain=registry.is_plain(self.registry))

    def prune(self, images: Iterable[Image]) -> None:
        """Remove images of earlier sources from the builder's store. The registry is unchanged."""
        kept = {image.name: f"{LOCAL}/{image.name}:{self.tag(image)}" for image in images}
        ours = [one for one in self.buildah.references() if one.partition("/")[2].partition(":")[0] in kept]
        self.buildah.remove([one for one in ours if one not in kept.values()])

    def _build(self, image: Image, local: str) -> None:
        if not shutil.which("buildah"):
            raise ImageError(
                "buildah is missing; run apt-get install buildah, or build with Docker (python3 -m images docker)"
            )
        if self.makes_base:
            debian.provide(self.buildah, self.base_image, self.cache / "base")
        with tempfile.TemporaryDirectory(prefix="hposweep-images-") as folder:
            context = Path(folder) / "context"
            content.copy(catalogue.ROOT, (image.dockerfile, *image.sources), context)
            pull = "--pull-never" if self.makes_base else "--pull"
            options = [pull, *network.mounts(Path(folder))]
            arguments = {"BASE_IMAGE": self.base_image, **image.arguments}
            self.buildah.build(local, context / image.dockerfile, context, arguments, options)
