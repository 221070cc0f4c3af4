"""The alert rules: valid, tested one by one with promtool, explained in a runbook, and alike in chart and manifests."""

from __future__ import annotations

import re
import runpy
import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from hposweep.telemetry.catalog import DEFINITIONS
from hposweep.telemetry.definition import SWEEP_LABELS
from tests.e2e.test_prometheus import ALERTS as FIRED_BY_SWEEPS
from tests.packaging.chart import KUBE_VERSION, template, template_arguments
from tests.packaging.checkout import CHART, MANIFESTS, ROOT
from tests.packaging.program import Program

Json = dict[str, Any]

RULES = MANIFESTS / "base" / "alerts" / "rules.yaml"
COMPONENT = MANIFESTS / "components" / "alerts" / "prometheusrule.yaml"
PROMTOOL_TESTS = Path(__file__).with_name("alerts")
RUNBOOKS = ROOT / "docs" / "runbooks"
SECTIONS = ["Symptom", "Meaning", "What to look at", "What to do"]
ENABLED = ("--set", "alerts.enabled=true")
NOTES_TEMPLATE = """
apiVersion: v1
kind: ConfigMap
metadata: {name: notes}
data:
  text: |-
    {{- tpl (.Files.Get "notes.txt") . | nindent 4 }}
"""
SEVERITIES = {"critical", "warning", "info"}


def rules() -> list[Json]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def names() -> list[str]:
    return [rule["alert"] for rule in rules()]


def promtool_tests() -> Iterator[Json]:
    for path in sorted(PROMTOOL_TESTS.glob("*.yaml")):
        yield from yaml.safe_load(path.read_text())["tests"]


def with_one_annotation(groups: Json, name: str) -> Json:
    """Return the rules with this annotation only, because promtool compares all that an alert has."""
    copy: Json = deepcopy(groups)
    for rule in (rule for group in copy["groups"] for rule in group["rules"]):
        rule["annotations"] = {name: rule["annotations"][name]}
    return copy


@pytest.fixture(scope="module")
def rule_folder(helm: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart's rules as a file of Prometheus, beside the promtool tests."""
    folder = tmp_path_factory.mktemp("rules")
    (rendered,) = (item for item in template(helm, *ENABLED) if item["kind"] == "PrometheusRule")
    (folder / "whole.yaml").write_text(yaml.safe_dump(rendered["spec"]))
    for name, kept in (("rules.yaml", "summary"), ("described.yaml", "description")):
        (folder / name).write_text(yaml.safe_dump(with_one_annotation(rendered["spec"], kept)))
    for path in PROMTOOL_TESTS.glob("*.yaml"):
        shutil.copy(path, folder)
    return folder


def test_the_rules_are_valid(promtool: Program, rule_folder: Path) -> None:
    assert f"SUCCESS: {len(names())} rules found" in promtool("check", "rules", str(rule_folder / "whole.yaml"))


def test_each_alert_fires_and_stays_silent_where_it_should(promtool: Program, rule_folder: Path) -> None:
    files = [str(rule_folder / path.name) for path in sorted(PROMTOOL_TESTS.glob("*.yaml"))]
    assert promtool("test", "rules", *files).count("SUCCESS") == len(files)


def test_each_alert_is_tested_both_ways() -> None:
    cases = [case for test in promtool_tests() for case in test.get("alert_rule_test", [])]
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == set(names())
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == set(names())


def test_each_alert_fires_once_on_a_cluster() -> None:
    """The tests of `tests/e2e` make each of them fire: about a sweep, or about the operator itself."""
    text = (ROOT / "tests" / "e2e" / "test_operator_alerts.py").read_text()
    of_the_operator = re.findall(r'_fires\(figures, watched, "(\w+)"', text)
    by_the_fixture = re.findall(r'"(HPOSweep\w+)", "",', (ROOT / "tests" / "e2e" / "test_prometheus.py").read_text())
    assert sorted([*FIRED_BY_SWEEPS, *of_the_operator, *by_the_fixture]) == sorted(names())


@pytest.mark.parametrize("rule", rules(), ids=names())
def test_a_rule_names_only_metrics_and_labels_that_exist(rule: Json) -> None:
    queries = re.findall(r'"([^"]*)"[^|]*\| query', rule["annotations"]["description"])
    selectors = re.findall(r"\b(hposweep_\w+)(?:\{([^}]*)\})?", "\n".join([rule["expr"], *queries]))
    assert selectors
    for metric, matchers in selectors:
        labels = {*SWEEP_LABELS, *DEFINITIONS[metric].labels}
        assert set(re.findall(r"(\w+)\s*(?:=|!~)", matchers)) <= labels, metric


@pytest.mark.parametrize("rule", rules(), ids=names())
def test_an_alert_has_a_severity_a_summary_and_a_runbook(rule: Json) -> None:
    assert rule["labels"]["severity"] in SEVERITIES
    assert rule["annotations"].keys() == {"summary", "description"}
    title, *rest = (RUNBOOKS / f"{rule['alert']}.md").read_text().splitlines()
    assert title == f"# {rule['alert']}"
    assert [line.removeprefix("## ") for line in rest if line.startswith("## ")] == SECTIONS


@pytest.mark.parametrize("rule", rules(), ids=names())
def test_an_alert_waits_and_its_texts_have_a_number(rule: Json) -> None:
    assert re.fullmatch(r"\d+m", rule["for"]), "one scrape or one restart must not fire it"
    texts = " ".join(rule["annotations"].values())
    assert re.search(r"\$value|\$\{\w+\}|\| value|\d", texts)


def test_each_number_that_a_description_asks_for_has_a_case() -> None:
    asking = {rule["alert"] for rule in rules() if "| query" in rule["annotations"]["description"]}
    cases = yaml.safe_load((PROMTOOL_TESTS / "descriptions.yaml").read_text())["tests"]
    assert asking == {case["alertname"] for test in cases for case in test["alert_rule_test"]} != set()


def test_every_runbook_has_an_alert_and_stands_in_the_list() -> None:
    pages = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert pages == set(names())
    rows = re.findall(r"^\| \[(\w+)\]\(\1\.md\) \| (\w+) \|", (RUNBOOKS / "README.md").read_text(), re.MULTILINE)
    assert rows == [(rule["alert"], rule["labels"]["severity"]) for rule in rules()]


def test_a_threshold_of_the_chart_reaches_its_rule(helm: Program) -> None:
    changed = template(
        helm, *ENABLED, "--set", "alerts.thresholds.trialSeconds=7200", "--set", "alerts.ruleLabels.team=ml"
    )
    (resource,) = (item for item in changed if item["kind"] == "PrometheusRule")
    by_name = {rule["alert"]: rule for group in resource["spec"]["groups"] for rule in group["rules"]}
    assert by_name["HPOSweepTrialSlow"]["expr"].endswith("> 7200")
    assert {rule["labels"]["team"] for rule in by_name.values()} == {"ml"}
    assert "${" not in yaml.safe_dump(resource)


def test_a_large_threshold_is_written_as_a_whole_number(helm: Program, promtool: Program, tmp_path: Path) -> None:
    """Helm reads numbers of a values file as floats, and a duration of PromQL has no exponent."""
    thresholds = {"noImprovementSeconds": 1_209_600, "noProgressSeconds": 31_536_000, "failedRatio": 0.125}
    (tmp_path / "values.yaml").write_text(yaml.safe_dump({"alerts": {"thresholds": thresholds}}))
    changed = template(helm, *ENABLED, "--values", str(tmp_path / "values.yaml"))
    (resource,) = (item for item in changed if item["kind"] == "PrometheusRule")
    by_name = {rule["alert"]: rule["expr"] for group in resource["spec"]["groups"] for rule in group["rules"]}
    assert "> 1209600\n" in by_name["HPOSweepNoImprovement"]
    assert "[1209600s]" in by_name["HPOSweepNoImprovement"]
    assert "[31536000s]" in by_name["HPOSweepNoTrialFinished"]
    assert "> 0.125\n" in by_name["HPOSweepTrialsFailing"]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(resource["spec"]))
    assert "SUCCESS" in promtool("check", "rules", str(tmp_path / "rules.yaml"))


def test_every_threshold_is_used() -> None:
    values = yaml.safe_load((ROOT / "helm" / "values.yaml").read_text())["alerts"]["thresholds"]
    assert set(re.findall(r"\$\{(\w+)\}", RULES.read_text())) == set(values)


def test_the_component_is_generated() -> None:
    generated = runpy.run_path(str(MANIFESTS / "generate_alerts.py"))["generated"]
    assert COMPONENT.read_text() == generated(), "run: python manifests/generate_alerts.py"


def test_a_ratio_is_set_as_the_page_says(helm: Program) -> None:
    page = (ROOT / "docs" / "how-to" / "alerts.md").read_text()
    (option,) = re.findall(r"--set-json (\S+)", page)
    (rendered,) = (item for item in template(helm, *ENABLED, "--set-json", option) if item["kind"] == "PrometheusRule")
    by_name = {rule["alert"]: rule["expr"] for group in rendered["spec"]["groups"] for rule in group["rules"]}
    assert "> 0.1\n" in by_name["HPOSweepTrialsFailing"]
    assert "failedRatio" in helm.refusal(*template_arguments(*ENABLED, "--set", option))


def test_an_overlay_points_the_runbooks_elsewhere(kubectl: Program, tmp_path: Path) -> None:
    """With the replacement of the page."""
    page = (ROOT / "docs" / "how-to" / "alerts.md").read_text()
    (block,) = (text for text in re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S) if "replacements:" in text)
    shutil.copy(COMPONENT, tmp_path)
    (tmp_path / "kustomization.yaml").write_text(f"resources: [{COMPONENT.name}]\n{block}")
    (resource,) = kubectl.objects("kustomize", str(tmp_path))
    urls = [rule["annotations"]["runbook_url"] for group in resource["spec"]["groups"] for rule in group["rules"]]
    assert urls == [f"https://git.example/team/hposweep/blob/main/docs/runbooks/{name}.md" for name in names()]


def test_the_notes_say_that_links_to_runbooks_lead_nowhere(helm: Program, tmp_path: Path) -> None:
    """`helm template` prints no notes, so that a ConfigMap of a copy of the chart has them."""
    chart = shutil.copytree(CHART, tmp_path / "chart")
    (chart / "templates" / "NOTES.txt").rename(chart / "notes.txt")
    (chart / "templates" / "notes.yaml").write_text(NOTES_TEMPLATE)
    version = ("--kube-version", KUBE_VERSION)

    def is_told(*values: str) -> bool:
        sets = [word for value in values for word in ("--set", value)]
        (notes,) = helm.objects("template", "hposweep", str(chart), *version, *sets, "-s", "templates/notes.yaml")
        return "set alerts.runbookUrl to your copy of docs/runbooks" in notes["data"]["text"]

    assert is_told("alerts.enabled=true")
    assert is_told("dashboards.enabled=true")
    assert not is_told("alerts.enabled=true", "alerts.runbookUrl=https://git.example/runbooks")
    assert not is_told()


def test_the_query_for_a_database_that_is_down_has_a_case() -> None:
    """The promtool case is about two operators on one database."""
    (query,) = re.findall(r"^```promql\n(.*?)\n```", (RUNBOOKS / "HPOSweepDatabaseDown.md").read_text(), re.M | re.S)
    assert query in (ROOT / "docs" / "reference" / "metrics.md").read_text()
    assert query in [case["expr"] for test in promtool_tests() for case in test.get("promql_expr_test", [])]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("alerts.thresholds.failedRatio=5", "failedRatio"),
        ("alerts.thresholds.trialMinutes=30", "trialMinutes"),
        ("alerts.ruleLabels.severity=page", "severity"),
        ("alerts.runbookUrl=docs/", "runbookUrl"),
    ],
)
def test_a_wrong_value_is_refused(helm: Program, value: str, name: str) -> None:
    assert name in helm.refusal(*template_arguments(*ENABLED, "--set", value))


def test_the_page_has_the_defaults_of_the_chart() -> None:
    values = yaml.safe_load((ROOT / "helm" / "values.yaml").read_text())["alerts"]["thresholds"]
    page = (ROOT / "docs" / "how-to" / "alerts.md").read_text()
    rows = re.findall(r"^\| `alerts\.thresholds\.(\w+)` \| ([\d.]+) \| (\w+) \|$", page, re.MULTILINE)
    assert {name: float(value) for name, value, _ in rows} == values
    by_alert = {rule["alert"]: str(rule) for rule in rules()}
    for name, _, alert in rows:
        assert f"${{{name}}}" in by_alert[alert]
