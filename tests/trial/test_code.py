"""The hash and the commit by which the operator tells changed code from a broken node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from hpotrial.objective.code import MAX_BYTES, code_hash
from hpotrial.objective.code_version import CodeVersion, version_reader
from hpotrial.objective.commit import commit
from hpotrial.protocol.config import WorkerConfig
from tests.trial.builders import work


def test_the_hash_follows_names_and_contents_of_python_files_only(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1\n")
    first = code_hash(str(tmp_path))
    assert len(first) == 12
    (tmp_path / "notes.txt").write_text("anything")
    (tmp_path / "data").mkdir()
    assert code_hash(str(tmp_path)) == first
    (tmp_path / "train.py").write_text("x = 2\n")
    changed = code_hash(str(tmp_path))
    assert changed != first
    (tmp_path / "train.py").rename(tmp_path / "other.py")
    assert code_hash(str(tmp_path)) not in (first, changed)


def test_a_folder_without_code_has_no_hash_and_a_large_one_has(tmp_path: Path) -> None:
    assert code_hash(None) == code_hash(str(tmp_path)) == code_hash(str(tmp_path / "absent")) == ""
    (tmp_path / "large.py").write_bytes(b"#" * (MAX_BYTES + 1))
    assert len(code_hash(str(tmp_path))) == 12


def test_a_link_as_a_config_map_is_mounted_is_read(tmp_path: Path) -> None:
    real = tmp_path / "..data"
    real.mkdir()
    (real / "train.py").write_text("x = 1\n")
    (tmp_path / "train.py").symlink_to(real / "train.py")
    linked = code_hash(str(tmp_path))
    (real / "train.py").write_text("x = 2\n")
    assert "" != linked != code_hash(str(tmp_path))
    before = code_hash(str(tmp_path))
    (real / "train.sh").write_text("exec python train.py\n")
    (tmp_path / "train.sh").symlink_to(real / "train.sh")
    assert code_hash(str(tmp_path)) != before, "every file of a ConfigMap counts, whatever its language"


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    command = ("git", *identity, "-C", str(folder), *arguments)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def checkout(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "a")
    return folder


def test_the_commit_is_that_of_git_in_every_form_of_a_checkout(tmp_path: Path) -> None:
    main = checkout(tmp_path / "main")
    first = git(main, "rev-parse", "HEAD")
    (main / "src").mkdir()
    assert commit(str(main)) == commit(str(main / "src")) == first
    git(main, "pack-refs", "--all")
    assert not (main / ".git/refs/heads/main").exists()
    assert commit(str(main)) == first
    git(main, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "other"))
    assert commit(str(tmp_path / "other")) == first
    git(tmp_path / "other", "commit", "--quiet", "--allow-empty", "--message", "b")
    second = git(tmp_path / "other", "rev-parse", "HEAD")
    assert first != second == commit(str(tmp_path / "other"))
    git(main, "checkout", "--quiet", "--detach", second)
    assert commit(str(main)) == second


def test_a_folder_that_is_no_checkout_has_no_commit(tmp_path: Path) -> None:
    assert commit(None) == commit(str(tmp_path / "absent")) == commit(str(tmp_path)) == ""
    main = checkout(tmp_path / "main")
    for text in ("ref: refs/heads/absent", "ref: ../../../etc/passwd", "ref: HEAD", "no commit", ""):
        (main / ".git/HEAD").write_text(text)
        assert commit(str(main)) == "", text


def test_a_command_reads_its_code_again_and_a_function_does_not(tmp_path: Path) -> None:
    block = work()
    (tmp_path / "train.py").write_text("x = 1\n")
    command = {**block, "objective": {"command": ["python", "train.py"]}, "checkout": str(checkout(tmp_path / "main"))}
    readers = [version_reader(WorkerConfig.from_json(json.dumps(entry), str(tmp_path))) for entry in (block, command)]
    before = [reader() for reader in readers]
    assert before[0].code == before[1].code
    assert before[0].commit == ""
    assert before[1].commit == git(tmp_path / "main", "rev-parse", "HEAD")
    (tmp_path / "train.py").write_text("x = 2\n")
    after = [reader() for reader in readers]
    assert after[0] == before[0], "the worker has imported it"
    assert after[1] == CodeVersion(code_hash(str(tmp_path)), before[1].commit) != before[1]
