"""The objects of a pod whose change repeats a failed preflight."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.plan.references import MAX_REFERENCES, references
from tests import builders
from tests.unit import world


def of(**spec: Any) -> list[tuple[str, str]]:
    container = spec.pop("container", {})
    template = {"spec": {"containers": [{"name": "trial", "image": "i", **container}], **spec}}
    database, *others = references(world.sweep(workers={"replicas": 1, "template": template}))
    assert database[0] == "Secret"
    return others


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        ({"volumes": [{"name": "a", "secret": {"secretName": "s"}}]}, [("Secret", "s")]),
        ({"volumes": [{"name": "a", "configMap": {"name": "c"}}]}, [("ConfigMap", "c")]),
        (
            {"volumes": [{"projected": {"sources": [{"secret": {"name": "s"}}, {"configMap": {"name": "c"}}]}}]},
            [("Secret", "s"), ("ConfigMap", "c")],
        ),
        (
            {"container": {"envFrom": [{"secretRef": {"name": "s"}}, {"configMapRef": {"name": "c"}}]}},
            [("Secret", "s"), ("ConfigMap", "c")],
        ),
        (
            {"container": {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}},
            [("Secret", "s")],
        ),
        (
            {"container": {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}]}},
            [("ConfigMap", "c")],
        ),
        ({"initContainers": [{"envFrom": [{"secretRef": {"name": "s"}}]}]}, [("Secret", "s")]),
        ({"imagePullSecrets": [{"name": "s"}, {"name": "s"}]}, [("Secret", "s")]),
    ],
)
def test_every_kind_of_reference_is_read(spec: dict[str, Any], names: list[tuple[str, str]]) -> None:
    assert of(**spec) == names


@pytest.mark.parametrize(
    "spec",
    [
        {"volumes": "text"},
        {"volumes": [1, {"secret": "s"}, {"projected": {"sources": 5}}, {"secret": {"secretName": ["s"]}}]},
        {"initContainers": [{"env": {"a": 1}, "envFrom": [None]}]},
        {"imagePullSecrets": [{"name": "../../other/secrets/s"}, {"name": ".."}, {"name": ""}, {"name": "a?watch=1"}]},
    ],
)
def test_a_template_may_have_any_shape_and_no_name_leads_elsewhere(spec: dict[str, Any]) -> None:
    assert of(**spec) == []


def test_their_number_is_limited() -> None:
    assert len(of(imagePullSecrets=[{"name": f"s{number}"} for number in range(99)])) == MAX_REFERENCES - 1


def test_the_certificate_of_the_database_is_one() -> None:
    tls = {"mode": "VerifyFull", "caRef": {"configMap": {"name": "db-ca", "key": "ca.crt"}}}
    storage = {"secretRef": {"name": "db", "key": "uri"}, "tls": tls}
    assert references(world.sweep(study=builders.study(storage=storage)))[:2] == (
        ("Secret", "db"),
        ("ConfigMap", "db-ca"),
    )
