"""`make pictures`: draw the boards of `docs/pictures` from the real sweeps of two teams.

The sweeps are those of `demo/fleet`: one that waits for an answer, one for an approval, one that fails, and one whose
database does not exist. A Prometheus scrapes the operator meanwhile. Everything is deleted at the end.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from boards import observe
from boards.drawing import draw
from boards.drawing.prometheus import Prometheus
from boards.drawing.scope import Scope
from boards.layout import FLEET_UID, SWEEP_UID
from demo import database, install
from demo.console import DemoError, apply, kubectl, read, say, step
from demo.images import images

ROOT = Path(__file__).parents[1]
FLEET, PICTURES = ROOT / "demo" / "fleet", ROOT / "docs" / "pictures"
NAMESPACES = VISION, NLP = "vision", "nlp"
BASELINE, SHOWN = "digits-v2", "digits-v3"  # of VISION
WEBHOOK = f"webhook.{VISION}.svc"
ALLOW_WEBHOOK = ("--set", f"env.HPOSWEEP_NOTIFY_HOSTS={WEBHOOK}")
# In the Secrets of the sweeps: a service that answers, one that is not allowed, and a database that does not exist.
CHATS = {VISION: f"json://{WEBHOOK}:8080/", NLP: "json://chat.invalid/"}
RETIRED_DATABASE = "postgresql://optuna@postgres.retired.svc:5432/optuna"
PROMETHEUS_PORT = 9091  # `make observe` has 9090
RANGE_SECONDS = 240.0  # of the pictures: enough trials for a finding about failures
LIMIT_SECONDS, POLL_SECONDS = 480.0, 5.0
Json = dict[str, Any]


def pictures(program: Path) -> None:
    """Write both pictures. `program` is Prometheus' binary. Raises DemoError where a panel stays empty."""
    references = images()
    install.install(references["operator"], *ALLOW_WEBHOOK)
    with _teams(references), observe.scraping(program, PROMETHEUS_PORT, immediate_rules()) as server:
        fleet = sweeps(references["trial"])
        apply(*(sweep for sweep in fleet if sweep["metadata"]["name"] == BASELINE))
        with step("ran the baseline"):
            kubectl("wait", "--for=condition=Ended", f"hposweep/{BASELINE}", "-n", VISION, "--timeout=180s")
        started = time.time()
        apply(*(sweep for sweep in fleet if sweep["metadata"]["name"] != BASELINE))
        with step("every panel has data"):
            _wait(server, started)
        write(server, started, time.time())


def sweeps(image: str) -> list[Json]:
    """Return the sweeps of both teams with the image that was built."""
    text = (FLEET / "sweeps.yaml").read_text().replace("hposweep-trial:latest", image)
    return list(yaml.safe_load(text)["items"])


def immediate_rules() -> Json:
    """Return the alert rules without their waiting times, which are longer than these sweeps."""
    rules = observe.alert_rules()
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        rule.pop("for", None)
    return rules


def missing(server: Prometheus, start: float, end: float) -> list[str]:
    """Return the panels without data, and a line about scrapes that failed: they are gaps in the pictures."""
    answers = [board for uid, scope in scopes(start, end).items() for board in draw.answers(server, scope, uids=(uid,))]
    failed = server.at(f"min_over_time(up[{end - start:.0f}s]) == 0", end)
    return [*draw.empty(answers), *(["a scrape of the operator failed"] if failed else [])]


def scopes(start: float, end: float) -> dict[str, Scope]:
    """Return what each board shows: one sweep, and all of them."""
    one = Scope(VISION, SHOWN, start, end, observe.SCRAPE_SECONDS)
    return {SWEEP_UID: one, FLEET_UID: Scope(".*", "", start, end, observe.SCRAPE_SECONDS)}


def write(server: Prometheus, start: float, end: float, folder: Path = PICTURES) -> None:
    """Replace the pictures of the documentation."""
    with tempfile.TemporaryDirectory(prefix="hposweep-pictures-") as temporary:
        for uid, scope in scopes(start, end).items():
            answers = draw.answers(server, scope, uids=(uid,))
            (path,) = draw.draw(answers, scope, Path(temporary))
            target = folder / f"{uid.replace('hposweep', 'board')}.png"
            target.write_bytes(path.read_bytes())
            say(str(target))


def _wait(server: Prometheus, started: float) -> None:
    """Return when the range is full and every panel has data."""
    while True:
        time.sleep(POLL_SECONDS)
        now = time.time()
        if now - started < RANGE_SECONDS:
            continue
        faults = missing(server, started, now)
        if not faults:
            return
        if now - started > LIMIT_SECONDS:
            raise DemoError(f"the pictures would be incomplete: {'; '.join(faults)}")


@contextmanager
def _teams(references: Mapping[str, str]) -> Iterator[None]:
    """Create the namespaces with databases, code and Secrets, and delete them with their sweeps at the end."""
    _clear()
    try:
        for namespace in NAMESPACES:
            install.namespace(namespace)
            database.start(namespace, references["postgres"])
            apply(_code(namespace), database.secret(namespace, "chat", url=CHATS[namespace]))
        apply(database.secret(NLP, "retired-db", uri=RETIRED_DATABASE))
        webhook = (FLEET / "webhook.yaml").read_text().replace("hposweep-trial:latest", references["trial"])
        kubectl("apply", "-n", VISION, "-f", "-", stdin=webhook)
        kubectl("wait", "--for=condition=Ready", "pod/webhook", "-n", VISION, "--timeout=120s")
        yield
    finally:
        _clear()


def _clear() -> None:
    for namespace in NAMESPACES:
        if read("namespace", namespace) is not None:
            kubectl("delete", "hposweeps", "--all", "-n", namespace, "--timeout=180s")
            kubectl("delete", "namespace", namespace, "--timeout=120s")


def _code(namespace: str) -> Json:
    data = {path.name: path.read_text() for path in FLEET.glob("*.py")}
    metadata = {"name": "train-code", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
