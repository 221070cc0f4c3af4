"""Random generators that the user's modules create when they are imported, before the trials are forked.

Every trial is forked with the same state of each, so `renew` gives an unseeded one a new seed in the trial's process. A
generator that the user seeded keeps its state, and one of a library that is unknown here cannot be renewed: `notes`
names both, for the worker's log. `preload` watches the import, `seeds` renews.
"""

from __future__ import annotations

import gc
import random
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from types import ModuleType, TracebackType
from typing import Any, Self

# torch draws 64 bits for itself, and a new torch.Generator has this constant; users pass small numbers.
MAX_USER_SEED, TORCH_DEFAULT_SEED = 2**32, 67_280_421_310_721
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
_UNKNOWN_PACKAGES = ("tensorflow", "cupy", "paddle", "mxnet", "cupyx", "tensorflow_probability")
_UNKNOWN_NAMES = ("Generator", "RandomState", "XORWOWBitGenerator")


class Watch:
    """Watches an import: which generators are created, and which of them the user seeds."""

    def __init__(self) -> None:
        self._entropies: set[int] = set()  # that NumPy drew because there was no seed
        self._unseeded: dict[int, random.Random] = {}
        self._modules: set[str] = set()
        self._source: Any = None  # the module in which NumPy draws a seed
        self._bit_generators: list[Any] = []
        self._torch_generators: list[Any] = []

    def __enter__(self) -> Self:
        import numpy

        self._modules = set(sys.modules)
        self._source = sys.modules.get("numpy.random.bit_generator")
        self._draw, self._seed = getattr(self._source, "randbits", None), random.Random.seed
        self._earlier = {id(item): item for item in _objects(numpy.random.BitGenerator)}
        if self._draw is not None:
            self._source.randbits = self._record_draw
        watch = self

        def seed(generator: random.Random, *arguments: Any, **keywords: Any) -> None:
            watch._seed(generator, *arguments, **keywords)
            is_seeded = any(argument is not None for argument in (*arguments[:1], keywords.get("a")))
            watch._unseeded.pop(id(generator), None) if is_seeded else watch._remember(generator)

        setattr(random.Random, "seed", seed)  # noqa: B010  (until the import has ended)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import numpy

        setattr(random.Random, "seed", self._seed)  # noqa: B010
        if self._draw is not None:
            self._source.randbits = self._draw
        self._bit_generators = [
            item
            for item in _objects(numpy.random.BitGenerator)
            if id(item) not in self._earlier and self._is_unseeded(item)
        ]
        torch: Any = sys.modules.get("torch")
        if torch is not None:
            self._torch_generators = [item for item in _referents(torch.Generator) if _is_unseeded_torch(item)]

    def renew(self) -> None:
        """Give each unseeded generator a new seed. Called in a trial's process."""
        for bit_generator in self._bit_generators:
            with suppress(Exception):  # a class of the user's that needs arguments
                bit_generator.__setstate__(type(bit_generator)().__getstate__())
        for generator in self._unseeded.values():
            generator.seed()
        for torch_generator in self._torch_generators:
            torch_generator.seed()

    def notes(self) -> tuple[str, ...]:
        """Return a sentence for each generator in the user's modules that gives every trial the same numbers."""
        return tuple(
            f"{place}: {reason}, so every trial gets the same numbers from it. Create it inside the objective, or seed "
            "it there with the trial's number"
            for place, item in self._globals()
            if (reason := self._reason(item))
        )

    def _reason(self, item: Any) -> str:
        import numpy

        kind = type(item)
        if isinstance(item, numpy.random.Generator):
            return "" if self._is_renewed(item.bit_generator) else "a generator that is seeded at import"
        if isinstance(item, numpy.random.RandomState):
            return "" if self._is_renewed(item._bit_generator) else "a generator that is seeded at import"
        if isinstance(item, random.Random):
            is_renewed = id(item) in self._unseeded or isinstance(item, random.SystemRandom)
            return "" if is_renewed else "a generator that is seeded at import"
        if kind.__module__.partition(".")[0] == "torch" and kind.__name__ == "Generator":
            is_renewed = any(item is other for other in self._torch_generators)
            return "" if is_renewed else "a generator that is seeded at import"
        is_unknown = kind.__module__.partition(".")[0] in _UNKNOWN_PACKAGES and kind.__name__ in _UNKNOWN_NAMES
        return (
            f"a {kind.__name__} of {kind.__module__.partition('.')[0]} that is created at import" if is_unknown else ""
        )

    def _is_renewed(self, bit_generator: Any) -> bool:
        return any(bit_generator is item for item in self._bit_generators) or id(bit_generator) in self._earlier

    def _is_unseeded(self, bit_generator: Any) -> bool:
        entropy = getattr(getattr(bit_generator, "seed_seq", None), "entropy", None)
        return isinstance(entropy, int) and (entropy in self._entropies if self._draw else entropy >= 2**64)

    def _record_draw(self, bits: int) -> int:
        number: int = self._draw(bits)  # type: ignore[misc]  # set while this is in use
        self._entropies.add(number)
        return number

    def _remember(self, generator: random.Random) -> None:
        self._unseeded[id(generator)] = generator

    def _globals(self) -> Iterator[tuple[str, Any]]:
        """Yield the globals of the modules that were imported and belong to no library, each with its name."""
        for name, module in tuple(sys.modules.items()):
            if name not in self._modules and isinstance(module, ModuleType) and _is_of_user(module):
                yield from ((f"{name}.{key}", item) for key, item in tuple(vars(module).items()))


def _is_of_user(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and not file.startswith(_LIBRARIES)


def _objects(kind: type) -> list[Any]:
    """Return all objects of a class, wherever they are: in a global, a list, an attribute or a closure."""
    return [item for item in gc.get_objects() if issubclass(type(item), kind)]


def _referents(kind: type) -> list[Any]:
    """Return the same for a class that the garbage collector does not track: torch's generators keep no references."""
    referents = gc.get_referents(*gc.get_objects())
    return list({id(item): item for item in referents if issubclass(type(item), kind)}.values())


def _is_unseeded_torch(generator: Any) -> bool:
    seed = generator.initial_seed()
    return bool(generator.device.type == "cpu" and (seed >= MAX_USER_SEED or seed == TORCH_DEFAULT_SEED))
