"""README's first command in a Debian with python3, git, make and certificates, and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.fresh import machine, readme
from tests.fresh.machine import Machine

TRY_SECONDS = 500

# The first run makes the Debian itself, which later ones unpack from an archive in the cache folder.
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.geteuid() != 0, reason="a root folder of one's own needs root"),
    pytest.mark.skipif(shutil.which("debootstrap") is None, reason="debootstrap is not on PATH (Debian has it)"),
]


@pytest.fixture(scope="module")
def fresh() -> Iterator[Machine]:
    with machine.new() as fresh:
        yield fresh


def test_the_machine_has_neither_pip_nor_venv_nor_go_nor_ip(fresh: Machine) -> None:
    said = fresh.run("python3 -c 'import ensurepip' || echo none; command -v pip go ip ps || echo none", seconds=30)
    assert said.endswith("none\nnone\n"), said


def test_the_first_command_installs_what_it_needs_and_comes_to_a_verdict(fresh: Machine) -> None:
    first = readme.commands()[0]
    said = fresh.run(first, seconds=TRY_SECONDS)
    assert "30 of 30 trials" in said
    assert fresh.run("git status --short", seconds=30) == "", "the command left files that git does not ignore"


def test_a_user_who_is_not_root_is_told_which_package_to_install(fresh: Machine) -> None:
    as_nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups bash tests/venv.sh /tmp/v python3 ."
    without_venv = (
        f"chmod a+rx /root && PATH=/tmp/stub:$PATH && mkdir -p /tmp/stub && {STUB} && {as_nobody} 2>&1 || true"
    )
    assert "apt-get install python3-venv" in fresh.run(without_venv, seconds=30)


# A Python without `venv`, because the test before has installed the package.
STUB = r"printf '#!/bin/sh\nexit 1\n' >/tmp/stub/python3 && chmod a+rx /tmp/stub /tmp/stub/python3"
