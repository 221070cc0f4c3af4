"""Every study gives all files of a report: a page without faults, Markdown, tables, and the best trials."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping

import pytest
import yaml

from hposweep.analysis.analyze import AnalysisOptions, analyze
from hposweep.cli.report.files import report_files
from hposweep.model.stored_study import StoredStudy
from tests.unit.analysis.studies import SPACE, UNIT, random_study
from tests.unit.analysis.test_bad_input import HOSTILE, STUDIES
from tests.unit.cli.report.page_check import PageCheck, faults

NAMES = ("report.html", "report.md", "trials.csv", "importances.csv", "directionality.csv", "top.yaml")
VERSIONS = {"HPOSweep": "1.2.3"}


def written(study: StoredStudy) -> Mapping[str, str]:
    files = report_files(study, analyze(study), AnalysisOptions(), VERSIONS)
    return {name: content.decode() for name, content in files.items()}


def rows(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table)))


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.filterwarnings("error")
def test_every_study_gives_all_files(name: str) -> None:
    study = STUDIES[name]()
    files = written(study)
    assert tuple(files) == NAMES
    assert faults(files["report.html"]) == []
    for page in (files["report.html"], files["report.md"]):
        assert "\x1b" not in page
        assert "\u202e" not in page
        assert not re.search(r"\b(nan|inf)\b", "".join(re.findall(r"<svg.*?</svg>", page)))
    assert files["report.md"].startswith("# Study ")
    assert len(rows(files["trials.csv"])) == len(study.history.trials)
    assert len({len(row) for row in csv.reader(io.StringIO(files["trials.csv"]))}) == 1
    document = yaml.safe_load(files["top.yaml"])
    assert len(document["trials"]) == len(analyze(study).summary.top)


def test_300_parameters_give_a_page() -> None:
    """Their analysis with all repetitions takes a minute."""
    page = written(random_study(30, lambda p: p["p0"], space={f"p{n}": UNIT for n in range(300)}))["report.html"]
    assert faults(page) == []
    assert "285 parameters below." in page, "the plot has the 15 most important ones"
    assert len(page.encode()) < 900_000


@pytest.mark.parametrize("trials", [100, 10_000])
def test_a_page_stays_small(trials: int) -> None:
    limit = 900_000 if trials == 100 else 3_000_000
    space = {**SPACE, **{f"x{place}": SPACE["x"] for place in range(10)}}
    files = written(random_study(trials, lambda p: p["x"], space=space))
    assert 20_000 < len(files["report.html"].encode()) < limit
    assert ("1000 of 10000 trials are drawn." in files["report.html"]) is (trials == 10_000)


def test_choices_that_are_not_drawn_are_counted() -> None:
    page = written(STUDIES["30 choices"]())["report.html"]
    (drawn,) = re.findall(r"(\d+) of 60 trials are drawn. (\d+) less frequent choices left out.", page)
    assert int(drawn[0]) < 60
    assert int(drawn[1]) > 10


def test_regions_of_several_objectives_have_different_names() -> None:
    page = written(STUDIES["two objectives"]())["report.html"]
    names = re.findall(r'role="region" tabindex="0" aria-labelledby="([^"]+)"', page)
    assert len(set(names)) == len(names)
    assert {name.split()[0] for name in names} <= set(re.findall(r'<h2 id="([^"]+)"', page))


def test_names_of_users_are_text_and_long_ones_are_cut_with_a_title() -> None:
    files = written(STUDIES["hostile names"]())
    check = PageCheck(files["report.html"])
    assert check.faults == []
    assert "script" not in check.counts
    assert any("very long very long very long very long" in title for title in check.titles)
    assert any(text.startswith("[bold red]x[/]") and text.endswith("…") for text in check.text)
    prose, *code = re.split(r"^```.*\n", files["report.md"], flags=re.MULTILINE)
    assert "<script>" not in prose.replace(r"\<script\>", "")
    assert len(code) == 2, "one block of commands, which no name ends"
    assert "very long " * 40 in code[0], "a command has the whole name"
    assert any(text.endswith("… better with larger values.") for text in check.text), "only the name is cut"
    assert "'=1+1" in files["trials.csv"]
    assert not re.search(r"(^|,)=1\+1", files["trials.csv"], re.MULTILINE)
    assert all(HOSTILE in trial["params"] for trial in yaml.safe_load(files["top.yaml"])["trials"])


def test_the_page_tells_the_most_important_first() -> None:
    study = random_study(100, lambda p: p["x"] + (p["encoder"] == "cnn"))
    page = written(study)["report.html"]
    check = PageCheck(page)
    titles = re.findall(r'<h2 id="([\w-]+)"', page)
    assert titles == [
        "summary",
        "best",
        "importances",
        "directions",
        "choices",
        "interactions",
        "elite",
        "course",
        "failures",
        "environment",
        "reproduce",
    ]
    facts = re.search(r'<ul class="facts">(.*?)</ul>', page, re.DOTALL)
    assert facts is not None
    best = analyze(study).summary.top[0]
    assert f"in trial #{best.number} (maximize)" in facts[1]
    assert "Direction: encoder better with cnn, x better with larger values." in facts[1]
    assert ">comparable trials</text>" in page, "the name of an axis is not cut"
    assert check.counts["svg"] == 1 + 1 + len(SPACE)
    assert page.index('class="facts"') < page.index("<nav") < page.index("<h2")


def test_the_facts_of_several_objectives_name_theirs() -> None:
    page = written(STUDIES["two objectives"]())["report.html"]
    facts = re.search(r'<ul class="facts">(.*?)</ul>', page, re.DOTALL)
    assert facts is not None
    assert "1 trial on the Pareto front of 2 objectives." in facts[1]
    assert "x better with smaller values for value 0, x better with smaller values for value 1." in facts[1]
    titles = re.findall(r'<h2 id="([\w-]+)"', page)
    assert titles[:5] == ["summary", "best", "front", "importances", "importances-1"]


def test_tables_and_best_trials_have_whole_numbers() -> None:
    study = random_study(100, lambda p: (p["x"], p["lr"]), directions=("MAXIMIZE", "MINIMIZE"))
    files = written(study)
    first = rows(files["trials.csv"])[0]
    trial = study.history.trials[0]
    assert [float(first["values_0"]), float(first["values_1"])] == list(trial.values)
    assert float(first["params_lr"]) == trial.params["lr"]
    best = yaml.safe_load(files["top.yaml"])["trials"][0]
    assert best["params"] == dict(study.history.trials[best["number"]].params)
    assert list(best["values"]) == ["value 0", "value 1"]
    for name in ("importances.csv", "directionality.csv"):
        assert {row["objective"] for row in rows(files[name])} == {"value 0", "value 1"}
        assert {row["parameter"] for row in rows(files[name])} == set(SPACE)
    shares = [float(row["share"]) for row in rows(files["importances.csv"]) if row["objective"] == "value 0"]
    assert math.isclose(sum(shares), 1)


def test_equal_studies_give_equal_files() -> None:
    first, second = (written(random_study(30, lambda p: p["x"])) for _ in range(2))
    assert first == second
