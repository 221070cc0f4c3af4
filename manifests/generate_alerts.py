"""Write the PrometheusRule of the kustomize component from the rules and the chart's default values.

Run `python manifests/generate_alerts.py` after a change of either. tests/packaging compares its output with the
file and with that of the chart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

MANIFESTS = Path(__file__).parent
RULES = MANIFESTS / "base" / "alerts" / "rules.yaml"
VALUES = MANIFESTS.parent / "helm" / "values.yaml"
COMPONENT = MANIFESTS / "components" / "alerts" / "prometheusrule.yaml"
WIDTH = 120
HEAD = "# Written by manifests/generate_alerts.py from base/alerts/rules.yaml and the chart's default values.\n"
LABELS = {"app.kubernetes.io/name": "hposweep", "app.kubernetes.io/component": "operator"}


def generated() -> str:
    values = yaml.safe_load(VALUES.read_text())["alerts"]
    text = RULES.read_text()
    for name, value in values["thresholds"].items():
        text = text.replace(f"${{{name}}}", str(value))
    rules = yaml.safe_load(text)
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        rule["annotations"]["runbook_url"] = f"{values['runbookUrl']}/{rule['alert']}.md"
    resource: dict[str, Any] = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "hposweep", "namespace": "hposweep-system", "labels": LABELS},
        "spec": rules,
    }
    return HEAD + yaml.dump(resource, Dumper=_Dumper, sort_keys=False, width=WIDTH)


class _Dumper(yaml.SafeDumper):
    """Writes an expression of several lines as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


if __name__ == "__main__":
    COMPONENT.write_text(generated())
