"""From `module:function` to a callable, or to one sentence."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpotrial.objective.load import ObjectiveNotFoundError, find, resolve
from hpotrial.protocol.config import CommandObjective, PythonObjective
from tests.trial.builders import OBJECTIVES


@pytest.fixture(autouse=True)
def _untouched_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)
    yield
    for name in set(sys.modules) - known:
        if getattr(sys.modules[name], "__file__", "") and str(OBJECTIVES) in str(sys.modules[name].__file__):
            del sys.modules[name]


@pytest.mark.parametrize(("reference", "value"), [("wrong_things:train", 0.0), ("wrong_things:trainer.run", 1.0)])
def test_functions_and_dotted_attributes_are_found(reference: str, value: float) -> None:
    assert resolve(reference, str(OBJECTIVES))(None) == value


def test_an_instance_that_can_be_called_is_an_objective() -> None:
    assert resolve("wrong_things:trainer", str(OBJECTIVES))(None) == 0.0


def test_the_users_folder_wins_over_installed_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "colorlog.py").write_text("def mine(trial):\n    return 5.0\n")
    monkeypatch.delitem(sys.modules, "colorlog", raising=False)
    assert resolve("colorlog:mine", str(tmp_path))(None) == 5.0
    monkeypatch.delitem(sys.modules, "colorlog")


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("train", r"`train`: must have the form `module:function`"),
        ("a-b:c", r"must have the form `module:function`"),
        ("nowhere:objective", r"no module `nowhere` in .*objectives, .* or the installed packages"),
        ("wrong_things:fit", r"`wrong_things` has no `fit`; it has train, evaluate, trainer$"),
        ("wrong_things:trainer.fit", r"`Trainer` has no `fit`"),
        ("wrong_things:number", r"`number` is of type int, which cannot be called"),
        ("wrong_things:Trainer", r"`Trainer` is a class; name a function"),
        (
            "needs_a_package:objective",
            r"objective `needs_a_package:objective`: importing `needs_a_package` raised ModuleNotFoundError: "
            r"No module named 'a_package_that_is_not_there'",
        ),
        (
            "leaves_politely:objective",
            r"importing `leaves_politely` raised SystemExit: 3. Move code that exits, such as that of argparse, below "
            r"`if __name__ == \"__main__\":`$",
        ),
    ],
)
def test_what_cannot_be_used_is_one_sentence(reference: str, sentence: str) -> None:
    with pytest.raises(ObjectiveNotFoundError, match=sentence):
        resolve(reference, str(OBJECTIVES))


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("nowhere:objective", "no module `nowhere` in {folder} or the installed packages"),
        ("model:objective", "…; it is in `{folder}/src`: add that folder to PYTHONPATH, or move the file"),
        ("package.inner:objective", "…; it is in `{folder}/src`: add that folder to PYTHONPATH, or move the file"),
        ("traim:objective", "…; did you mean `train:objective`?"),
        ("train.py:objective", "…; `train.py` is a file name: write `train:objective`"),
        ("train:objectiv", "`train` has no `objectiv`; did you mean `objective`?"),
        ("train:fit", "`train` has no `fit`; it has objective"),
    ],
)
def test_what_was_probably_meant_is_in_the_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: str, sentence: str
) -> None:
    (tmp_path / "train.py").write_text("def objective(trial):\n    return 1.0\n")
    (tmp_path / "src" / "package" / "inner").mkdir(parents=True)
    (tmp_path / "src" / "model.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "train", raising=False)
    with pytest.raises(ObjectiveNotFoundError) as refusal:
        resolve(reference, str(tmp_path))
    monkeypatch.delitem(sys.modules, "train", raising=False)
    importlib.invalidate_caches()
    _, _, reason = str(refusal.value).partition("`: ")
    if sentence.startswith("…"):
        assert reason.startswith("no module `")
        assert reason.count(f" in {tmp_path} or the installed packages; ") == 1
        assert reason.endswith(sentence.removeprefix("…").format(folder=tmp_path))
    else:
        assert reason == sentence.format(folder=tmp_path)


def test_a_module_that_cannot_be_imported_is_told_from_a_name_that_is_wrong() -> None:
    for reference, is_import in [("nowhere:f", True), ("needs_a_package:f", True), ("wrong_things:f", False)]:
        with pytest.raises(ObjectiveNotFoundError) as caught:
            resolve(reference, str(OBJECTIVES))
        assert caught.value.is_import is is_import


def test_the_objective_is_a_function_or_a_command() -> None:
    assert str(find(CommandObjective(("true", "now")), None)) == "true now"
    assert find(PythonObjective("wrong_things:train"), str(OBJECTIVES))(None) == 0.0
    with pytest.raises(ObjectiveNotFoundError, match=r"`no-such-program` is not in any folder of PATH") as caught:
        find(CommandObjective(("no-such-program",)), None)
    assert not caught.value.is_import
