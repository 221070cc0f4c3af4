"""`hposweep version`: print the release, its API version and its worker protocol."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from hposweep import __version__
from hposweep.api.names import API_VERSION
from hpotrial.protocol import PROTOCOL_VERSION


def add_to(verbs: Any) -> None:
    verb = verbs.add_parser("version", help="print the version")
    verb.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    sys.stdout.write(f"hposweep {__version__}, API {API_VERSION}, worker protocol {PROTOCOL_VERSION}\n")
    return 0
