#!/usr/bin/env bash
# Make the virtual environment VENV from interpreter PYTHON, with what pyproject asks for, at the pinned versions.
# Called by the Makefile. Debian keeps `venv` in a package of its own, so that is installed where it is missing.
set -euo pipefail
venv=$1 python=$2
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "installing python3-venv"
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
fi
started=$SECONDS
echo "making $venv: about a minute, once"
"$python" -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[operator,dev]'
echo "made $venv in $((SECONDS - started)) s"
