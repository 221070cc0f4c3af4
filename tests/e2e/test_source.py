"""Each trial records the code that it ran, and a change in mid-study is a finding."""

from __future__ import annotations

from typing import Any

from hpotrial import protocol
from tests.contract.apiserver import MERGE_PATCH
from tests.e2e.patience import until
from tests.e2e.place import Place, code, make_config_map

ATTRIBUTES = """
select t.number, a.value_json::json #>> '{}' from trials t
join trial_user_attributes a using (trial_id) join studies s using (study_id)
where s.study_name = %(study)s and a.key = %(key)s order by t.number
"""
MINE = "changing-code"


def values(place: Place, name: str, key: str) -> list[str]:
    rows: list[Any] = place.database.rows(ATTRIBUTES, {"study": place.study(name), "key": key})
    return [value for _, value in rows]


def test_a_change_of_the_code_is_a_finding_and_every_trial_has_code_and_image(place: Place) -> None:
    make_config_map(place.server, place.name, MINE, code())
    sweep = place.sweep("source", seconds=0.3, most=500, replicas=1)
    sweep["spec"]["objective"]["sourceRef"]["configMap"]["name"] = MINE
    place.apply(sweep)
    place.until_trials("source", COMPLETE=3)
    path = f"/api/v1/namespaces/{place.name}/configmaps/{MINE}"
    data = {"train.py": f"{code()['train.py']}\n# another version\n"}
    place.server.send("PATCH", path, {"data": data}, content_type=MERGE_PATCH)
    (pod,) = place.running_pods("source")
    place("delete", "pod", pod["metadata"]["name"], "--wait=false")

    def reasons() -> list[str]:
        return [entry["reason"] for entry in place.status("source").get("health", [])]

    until(reasons, lambda found: "SourceChanged" in found, seconds=120, what="the change is a finding")
    assert len(set(values(place, "source", protocol.CODE))) == 2
    images = values(place, "source", protocol.IMAGE)
    assert images[-1].startswith("sha256:")
    status = place.status("source")
    assert status["study"]["imageDigest"] == images[-1]
    assert place.conditions("source")["Healthy"]["reason"] == "SourceChanged"
    place.delete("source")
