"""Generators that a module creates at import, renewed in the process of a trial. torch is a stand-in."""

from __future__ import annotations

import ctypes
import gc
import importlib
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from hpotrial.process import seeds
from hpotrial.process.generators import TORCH_DEFAULT_SEED, Watch

SHARED = "a generator that is seeded at import, so every trial gets the same numbers from it"


class Torch(ModuleType):
    """As much of torch as a module that creates generators uses, with torch's seeds: equal seeds, equal numbers."""

    def __init__(self) -> None:
        super().__init__("torch")
        drawn, states, devices = itertools.count(2**52), dict[int, int](), dict[int, str]()

        class Generator:
            __module__ = "torch._C"

            def __init__(self, device: str = "cpu") -> None:
                devices[id(self)] = device
                states[id(self)] = TORCH_DEFAULT_SEED
                # The garbage collector does not track torch's own, which keep no references.
                ctypes.pythonapi.PyObject_GC_UnTrack(ctypes.py_object(self))

            @property
            def device(self) -> Any:
                return SimpleNamespace(type=devices[id(self)])

            def initial_seed(self) -> int:
                return states[id(self)]

            def manual_seed(self, seed: int) -> Any:
                states[id(self)] = seed
                return self

            def seed(self) -> int:
                states[id(self)] = next(drawn)
                return states[id(self)]

        self.Generator = Generator
        self.default_generator = Generator()
        self.initial_seed = self.default_generator.initial_seed
        self.manual_seed = self.default_generator.manual_seed
        self.seed = self.default_generator.seed


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> Torch:
    module = Torch()
    monkeypatch.setitem(sys.modules, "torch", module)
    return module


@pytest.fixture
def user_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a function that imports a text as the user's module, and what `preload` knows after it."""
    monkeypatch.syspath_prepend(tmp_path)

    def imported(text: str) -> tuple[Any, Watch]:
        (tmp_path / "users_own.py").write_text(text)
        importlib.invalidate_caches()
        with Watch() as watch:
            return importlib.import_module("users_own"), watch

    yield imported
    sys.modules.pop("users_own", None)


def test_torch_generators_get_a_new_seed_wherever_they_are_unless_they_are_seeded(
    torch: Torch, user_module: Any
) -> None:
    module, watch = user_module(
        "import torch\n"
        "class Loader:\n"
        "    def __init__(self): self.generators = [torch.Generator()]\n"
        "OWN, SEEDED, ON_GPU = torch.Generator(), torch.Generator().manual_seed(7), torch.Generator('cuda')\n"
        "DRAWN = torch.Generator()\n"
        "DRAWN.seed()\n"
        "IN_A_LIST, LOADER = [torch.Generator()], Loader()\n"
        "def closed(generator=torch.Generator()): return generator\n"
    )
    assert not gc.is_tracked(module.OWN), "as torch's own"
    unseeded = (module.OWN, module.DRAWN, module.IN_A_LIST[0], module.LOADER.generators[0], module.closed())
    kept = (module.SEEDED, module.ON_GPU)
    before = [generator.initial_seed() for generator in (*unseeded, *kept)]
    watch.renew()
    after = [generator.initial_seed() for generator in (*unseeded, *kept)]
    assert [one != other for one, other in zip(before, after, strict=True)] == [True] * 5 + [False] * 2
    assert len(set(after)) == len(after)
    notes = watch.notes()
    assert [note.partition(":")[0] for note in notes] == ["users_own.SEEDED", "users_own.ON_GPU"]
    assert all(SHARED in note for note in notes)


@pytest.mark.parametrize(("line", "is_renewed"), [("", True), ("torch.seed()", True), ("torch.manual_seed(7)", False)])
def test_torchs_own_generator_is_reseeded_unless_the_user_seeded_it(
    torch: Torch, user_module: Any, line: str, *, is_renewed: bool
) -> None:
    _, watch = user_module(f"import torch\n{line}\n")
    before = torch.initial_seed()
    seeds.renew(was_seeded=True, generators=watch)
    assert (torch.initial_seed() != before) is is_renewed
    assert watch.notes() == ()


def test_numpys_and_pythons_generators_are_renewed_and_named_alike(user_module: Any) -> None:
    module, watch = user_module(
        "import random, numpy\n"
        "RNG, STATE, OWN = numpy.random.default_rng(), numpy.random.RandomState(), random.Random()\n"
        "SEEDED_RNG, SEEDED_STATE, SEEDED_OWN = numpy.random.default_rng(7), numpy.random.RandomState(7), "
        "random.Random(7)\n"
        "SYSTEM = random.SystemRandom()\n"
    )
    unseeded, seeded = (module.RNG, module.STATE, module.OWN), (module.SEEDED_RNG, module.SEEDED_STATE)
    before = [_state(generator) for generator in (*unseeded, *seeded, module.SEEDED_OWN)]
    watch.renew()
    after = [_state(generator) for generator in (*unseeded, *seeded, module.SEEDED_OWN)]
    assert [one != other for one, other in zip(before, after, strict=True)] == [True] * 3 + [False] * 3
    names = ["users_own.SEEDED_RNG", "users_own.SEEDED_STATE", "users_own.SEEDED_OWN"]
    assert [note.partition(":")[0] for note in watch.notes()] == names


def test_a_generator_of_a_library_that_is_unknown_is_named(user_module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tensorflow = ModuleType("tensorflow")
    tensorflow.Generator = type("Generator", (), {"__module__": "tensorflow.random"})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tensorflow", tensorflow)
    _, watch = user_module("import tensorflow\nNOISE = tensorflow.Generator()\n")
    watch.renew()
    (note,) = watch.notes()
    assert note.startswith("users_own.NOISE: a Generator of tensorflow that is created at import, so every trial")


def test_without_torch_nothing_is_imported(user_module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    _, watch = user_module("X = 1\n")
    seeds.renew(was_seeded=False, generators=watch)
    assert "torch" not in sys.modules


def _state(generator: Any) -> str:
    """Return the state as text: that of NumPy's generators, and of Python's."""
    bits = getattr(generator, "bit_generator", None) or getattr(generator, "_bit_generator", None)
    return repr(bits.state) if bits is not None else repr(generator.getstate())
