"""`make observe`: its Prometheus is configured as the ServiceMonitor says, and its page draws what is asked for."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from boards import observe, page
from boards.drawing.prometheus import Prometheus
from tests.packaging.checkout import MANIFESTS
from tests.unit.boards.fake_prometheus import serving

STARTS = {("vision", "old"): 100.0, ("vision", "new"): 200.0, ("a b", "<x>"): 50.0}


def starts(query: str) -> list[tuple[dict[str, str], Any]]:
    rows = STARTS.items() if "start_timestamp" in query else ()
    return [({"namespace": key[0], "hposweep": key[1]}, lambda time, value=value: value) for key, value in rows]


def test_the_operator_is_scraped_with_the_settings_of_the_service_monitor() -> None:
    configuration = observe.configuration("127.0.0.1:1234")
    (job,) = configuration["scrape_configs"]
    monitor = yaml.safe_load((MANIFESTS / "components/service-monitor/service-monitor.yaml").read_text())
    (endpoint,) = monitor["spec"]["endpoints"]
    assert job["honor_labels"] is endpoint["honorLabels"] is True
    service = "/api/v1/namespaces/hposweep-system/services/hposweep-operator:http/proxy"
    assert job["metrics_path"] == service + endpoint["path"]
    assert job["static_configs"] == [{"targets": ["127.0.0.1:1234"]}]


def test_the_page_shows_the_sweep_that_started_last_and_links_to_the_others() -> None:
    with serving(starts) as url:
        text = page.page(Prometheus(url), {})
        other = page.page(Prometheus(url), {"namespace": "vision", "sweep": "old", "minutes": "5"})
    assert 'src="/hposweep-sweep.png?namespace=vision&amp;sweep=new&amp;minutes=15.0"' in text
    assert 'href="/?namespace=a%20b&amp;sweep=%3Cx%3E">a b/&lt;x&gt;</a>' in text
    assert 'src="/hposweep-sweep.png?namespace=vision&amp;sweep=old&amp;minutes=5"' in other


def test_before_the_first_sweep_the_page_says_so() -> None:
    with serving(lambda query: []) as url:
        assert page.EMPTY in page.page(Prometheus(url), {})


@pytest.mark.parametrize("minutes", ["0", "-1", "1e9", "nan", "x"])
def test_a_time_range_that_cannot_be_drawn_is_refused(minutes: str) -> None:
    with pytest.raises(ValueError, match=r"minutes|could not convert"):
        page.picture(Prometheus("http://127.0.0.1:9"), "hposweep-fleet", {"minutes": minutes}, 5.0)


def test_a_program_ends_with_its_block() -> None:
    with observe._started(["sleep", "60"], -3) as process:
        assert process.poll() is None
    assert process.poll() is not None
