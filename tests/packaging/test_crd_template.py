"""The pod template of the champions has the schema of the workers'."""

from __future__ import annotations

import json

from hposweep.schema.crd import schema


def test_both_templates_have_one_schema() -> None:
    fields = schema()["properties"]["spec"]["properties"]
    texts = {
        name: json.dumps(fields[name]["properties"]["template"]["properties"], sort_keys=True).replace(
            f"spec.{name}.template", "spec.<block>.template"
        )
        for name in ("workers", "champions")
    }
    assert texts["workers"] == texts["champions"]
