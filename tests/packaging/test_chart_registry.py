"""The packaged chart goes to a registry of OCI artifacts and comes back unchanged, as the installation guide says."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import binaries, layout
from tests.e2e.patience import until
from tests.packaging.chart import KUBE_VERSION
from tests.packaging.checkout import CHART, ROOT
from tests.packaging.program import Program

START_SECONDS = 120
RENDERING = ("template", "hposweep", "--kube-version", KUBE_VERSION)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """A real registry on a port of this machine, reached by HTTP; its address."""
    program = binaries.locate(layout.of(ROOT).cache)["registry"]
    if not program.exists():
        pytest.skip("the registry is not built (`make cluster` builds one)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    storage = {"filesystem": {"rootdirectory": str(tmp_path / "registry")}}
    config = {"version": "0.1", "log": {"level": "warn"}, "storage": storage, "http": {"addr": address}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    environment = {**os.environ, "OTEL_TRACES_EXPORTER": "none"}
    with (tmp_path / "log").open("w") as log:
        command = [str(program), "serve", str(tmp_path / "config.json")]
        with subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process:
            try:
                until(lambda: _answers(address), seconds=START_SECONDS, what="the registry answers")
                yield address
            finally:
                process.terminate()


def _answers(address: str) -> bool:
    host, _, port = address.partition(":")
    with socket.socket() as connection:
        return connection.connect_ex((host, int(port))) == 0


def test_a_pushed_chart_is_the_packaged_one_and_renders_the_same(helm: Program, registry: str, tmp_path: Path) -> None:
    helm("package", str(CHART), "--destination", str(tmp_path))
    (archive,) = tmp_path.glob("hposweep-*.tgz")
    helm("push", str(archive), f"oci://{registry}/charts", "--plain-http")
    chart = (f"oci://{registry}/charts/hposweep", "--version", archive.stem.partition("-")[2], "--plain-http")
    (tmp_path / "pulled").mkdir()
    helm("pull", *chart, "--destination", str(tmp_path / "pulled"))
    assert (tmp_path / "pulled" / archive.name).read_bytes() == archive.read_bytes()
    assert helm.objects(*RENDERING, *chart) == helm.objects(*RENDERING, str(CHART))
