"""`python -m boards generate` writes the JSON of the boards; `draw` and `observe` make pictures of them."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from boards import generate, observe
from boards.drawing import draw
from boards.drawing.prometheus import Prometheus, QueryError
from boards.drawing.scope import Scope


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return the exit code: 1 where a panel has no data, 2 where Prometheus does not answer."""
    chosen = _parser().parse_args(arguments)
    if chosen.verb == "generate":
        generate.write()
        return 0
    return _observe(chosen) if chosen.verb == "observe" else _draw(chosen)


def _observe(chosen: argparse.Namespace) -> int:
    try:
        return observe.observe(chosen.program, chosen.port, chosen.prometheus_port)
    except (observe.ObserveError, OSError) as error:
        print(f"boards: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _draw(chosen: argparse.Namespace) -> int:
    end = chosen.end or time.time()
    scope = Scope(chosen.namespace, chosen.sweep, end - 60 * chosen.minutes, end, chosen.scrape_seconds)
    try:
        answers = draw.answers(Prometheus(chosen.prometheus), scope, with_collapsed=chosen.collapsed)
    except QueryError as error:
        print(f"boards: {error}", file=sys.stderr)
        return 2
    print(draw.table(answers))
    for path in draw.draw(answers, scope, chosen.out):
        print(path)
    return 0 if draw.is_complete(answers) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m boards", description="The Grafana boards of HPOSweep.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("generate", help="write their JSON after a change of the code")
    picture = verbs.add_parser("draw", help="draw them from the answers of a Prometheus, and print a table of points")
    picture.add_argument("--prometheus", default="http://127.0.0.1:9090", metavar="URL", help="address of the server")
    picture.add_argument("--namespace", required=True, help="namespace of the sweep")
    picture.add_argument("--sweep", required=True, help="name of the sweep")
    picture.add_argument("--minutes", type=float, default=60, help="length of the time range (60)")
    picture.add_argument("--end", type=float, metavar="SECONDS", help="its end, in seconds since 1970 (now)")
    picture.add_argument("--scrape-seconds", type=float, default=30, help="interval of the scrapes (30)")
    picture.add_argument("--out", type=Path, default=Path(), metavar="FOLDER", help="where the pictures go")
    picture.add_argument("--collapsed", action="store_true", help="ask the panels of collapsed rows as well")
    shown = verbs.add_parser("observe", help="run a Prometheus on a cluster's operator, and a page with the boards")
    shown.add_argument("--program", type=Path, required=True, metavar="FILE", help="the binary of Prometheus")
    shown.add_argument("--port", type=int, default=8090, help="port of the page (8090)")
    shown.add_argument("--prometheus-port", type=int, default=9090, help="port of Prometheus (9090)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
