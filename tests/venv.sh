#!/usr/bin/env bash
# Make a virtual environment and install into it: tests/venv.sh FOLDER PYTHON PIP-ARGUMENT...
# Called by the Makefile. Debian keeps `venv` in a package of its own, so root gets that installed where it is missing.
set -euo pipefail
venv=$1 python=$2
shift 2
if ! command -v "$python" >/dev/null; then
    echo "$python: no such program. Install Python 3.11 or newer (Debian: apt-get install python3)." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
        echo "$python has no venv module. Install it (Debian: apt-get install python3-venv), then repeat." >&2
        exit 1
    fi
    echo "installing python3-venv"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
fi
started=$SECONDS
echo "making $venv: about a minute, once"
"$python" -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt "$@"
touch "$venv/bin/.ready"
echo "made $venv in $((SECONDS - started)) s"
