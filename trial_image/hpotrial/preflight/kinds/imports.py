"""`spec.preflight.imports`: a module can be imported, and its package has a version that the specifier allows."""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
from collections.abc import Iterator
from functools import partial

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from hpotrial.objective.load import prepend_source_path
from hpotrial.preflight.check import Check, CheckContext, CheckKind, CheckResult, Deadline, failure, success


def checks(context: CheckContext) -> Iterator[Check]:
    for field, entry in context.entries("imports"):
        run = partial(_check, entry["module"], entry.get("version"), context.config.source_path)
        yield Check(KIND.name, entry["module"], field, run)


def _check(name: str, specifier: str | None, source_path: str | None, deadline: Deadline) -> CheckResult:
    prepend_source_path(source_path)
    threshold = specifier or ""
    try:
        importlib.import_module(name)
    except BaseException as error:  # a module may call sys.exit
        sentence = f"importing `{name}` raised {type(error).__name__}: {error}. Install it in the image"
        return failure(sentence, "", threshold)
    version = _version(name)
    if specifier is None:
        return success(version)
    if not version:
        sentence = f"module `{name}` tells no version to compare with `{specifier}`. Leave out `version`"
        return failure(sentence, "", threshold)
    try:
        is_allowed = SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except InvalidVersion:
        sentence = f"the version of `{name}` is `{version}`, which cannot be compared. Leave out `version`"
        return failure(sentence, version, threshold)
    if is_allowed:
        return success(version, threshold)
    sentence = f"the image has `{name}` {version}, and `{specifier}` is required. Change the image, or the requirement"
    return failure(sentence, version, threshold)


def _version(name: str) -> str:
    """Return the version of the package that the module belongs to, else what the module says itself."""
    top = name.partition(".")[0]
    for package in (*importlib.metadata.packages_distributions().get(top, ()), top):
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return str(getattr(sys.modules.get(top), "__version__", ""))


KIND = CheckKind("import", checks)
