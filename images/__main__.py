"""Build images and print their names. The Makefile, the demo and the tests run it from the repository root.

    python3 -m images build [operator] [postgres] [trial]   build and push images that the registry lacks; default: all
    python3 -m images names                                 print `operator=REGISTRY/hposweep-operator:TAG`, one each
    python3 -m images prune                                 remove images of earlier sources from the builder's store
    python3 -m images docker                                print the equivalent Docker commands

Environment: REGISTRY (default: none, build only), TORCH (default: `torch`; empty: without it), EXTRA_REQUIREMENTS
(default: `scikit-learn`), BASE_IMAGE, and HPOSWEEP_PULL_BASE=1 to pull the base image from a public registry.
"""  # fmt: skip

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from images import catalogue
from images.buildah import Buildah, cache_directory
from images.catalogue import Choices, Image
from images.error import ImageError
from images.publish import Publisher

KEYS = ("operator", "postgres", "trial")


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python3 -m images", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("verb", choices=["build", "names", "prune", "docker"])
    found.add_argument("image", nargs="*", help=f"one or more of {', '.join(KEYS)}; default: all")
    return found


def docker(publisher: Publisher, images: Sequence[Image]) -> None:
    """Print the commands and do not run them, because logging in and pushing is up to the user of Docker."""
    for image in images:
        arguments = {"BASE_IMAGE": publisher.base_image, **image.arguments}
        chosen = " ".join(f"--build-arg {name}='{value}'" for name, value in arguments.items())
        reference = publisher.reference(image)
        print(f"docker build -f {image.dockerfile} {chosen} -t {reference} . && docker push {reference}")


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    unknown = sorted(set(chosen.image) - set(KEYS))
    if unknown:
        parser().error(f"unknown image {', '.join(unknown)}; choose from {', '.join(KEYS)}")
    defaults = Choices()
    choices = Choices(
        torch=os.environ.get("TORCH", defaults.torch),
        extra_requirements=os.environ.get("EXTRA_REQUIREMENTS", defaults.extra_requirements),
    )
    images = [image for image in catalogue.images(choices) if image.key in (chosen.image or KEYS)]
    publisher = Publisher(
        buildah=Buildah(cache_directory() / "buildah"),
        cache=cache_directory(),
        registry=os.environ.get("REGISTRY", "").strip().strip("/"),
        base_image=os.environ.get("BASE_IMAGE", catalogue.BASE_IMAGE),
        pulls_base=os.environ.get("HPOSWEEP_PULL_BASE") == "1",
    )
    try:
        match chosen.verb:
            case "build":
                publisher.publish(images)
            case "names":
                for image in images:
                    print(f"{image.key}={publisher.reference(image)}")
            case "prune":
                publisher.prune(images)
            case _:
                docker(publisher, images)
    except ImageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
