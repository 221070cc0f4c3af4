"""The checks of `spec.preflight`: versions that cannot be read, checks that can never pass, and entries twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from hposweep.api.preflight import ImportSpec, PathSpec
from hposweep.api.spec import Spec
from hposweep.judge.linter.finding import error, warning
from hposweep.judge.linter.rules import LinterRule
from hposweep.model.findings import ContractFinding

_FIELD = "spec.preflight"


def findings(spec: Spec) -> Iterator[ContractFinding]:
    preflight = spec.preflight
    if preflight is None:
        return
    for position, entry in enumerate(preflight.imports):
        yield from _version(f"{_FIELD}.imports[{position}].version", entry)
    for position, path in enumerate(preflight.paths):
        yield from _checksum(f"{_FIELD}.paths[{position}]", path)
    for name in preflight.min_read_bytes_per_second:
        if not name.startswith("/"):
            sentence = f"`{name}` is a relative path. Write the absolute path in the pod, from `/` on."
            yield error(LinterRule.RELATIVE_PATH, (f"{_FIELD}.minReadBytesPerSecond",), sentence)
    yield from _duplicates("imports", [entry.module for entry in preflight.imports])
    yield from _duplicates("paths", list(preflight.paths))
    yield from _duplicates("disk", [entry.path for entry in preflight.disk])
    yield from _duplicates("commands", list(preflight.commands))


def _version(field: str, entry: ImportSpec) -> Iterator[ContractFinding]:
    if entry.version is None:
        return
    try:
        SpecifierSet(entry.version)
    except InvalidSpecifier:
        sentence = f"`{entry.version}` is no version specifier. Write one like `>=2.4,<3` or `==2.4.1`."
        yield error(LinterRule.VERSION_UNREADABLE, (field,), sentence)


def _checksum(field: str, path: PathSpec) -> Iterator[ContractFinding]:
    if path.sha256 is not None and (path.min_files or 1) > 1:
        sentence = f"is {path.min_files}, but `sha256` is of one file. Leave one of them out, or use `sha256File`."
        yield error(LinterRule.CHECKSUM_OF_SEVERAL_FILES, (f"{field}.minFiles", f"{field}.sha256"), sentence)


def _duplicates(block: str, entries: list[Any]) -> Iterator[ContractFinding]:
    first_positions: dict[Any, int] = {}
    for position, entry in enumerate(entries):
        first = first_positions.setdefault(entry, position)
        if first != position:
            fields = (f"{_FIELD}.{block}[{position}]", f"{_FIELD}.{block}[{first}]")
            yield warning(LinterRule.CHECKED_TWICE, fields, f"checks the same as `{fields[1]}`. Remove one of them.")
