"""Where things lie in the checkout, and which files belong to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHART = ROOT / "helm"
MANIFESTS = ROOT / "manifests"
OVERLAYS = sorted(path.parent.name for path in (MANIFESTS / "overlays").glob("*/kustomization.yaml"))
CRD = MANIFESTS / "base" / "crd" / "hposweeps.hposweep.dev.yaml"
OPERATOR_ROLE = MANIFESTS / "base" / "rbac" / "role.yaml"


def source_files(*suffixes: str) -> list[Path]:
    """Return the files that git tracks or would track, as paths in the checkout; without suffixes, all of them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (Path(name) for name in sorted(set(listed.stdout.split("\0"))) if name)
    chosen = (path for path in paths if not suffixes or path.suffix in suffixes)
    return [path for path in chosen if (ROOT / path).is_file() and not (ROOT / path).is_symlink()]
