"""A study that loses trials in mid-sweep, as after a restore: the finding, the pause, and the end of both."""

from __future__ import annotations

from hposweep.database.statements import DELETE_TRIALS
from tests.e2e.place import Place

NEWEST_ENDED = """
select t.trial_id from trials t join studies s using (study_id)
 where s.study_name = %(study)s and t.state = 'COMPLETE' order by t.number desc limit 3
"""
POINT = {"name": "late", "at": {"trials": 7}, "otherwise": "Continue"}


def test_lost_trials_are_reported_until_they_are_made_again(place: Place) -> None:
    rule = {"when": {"bestValue": {"lessThan": -1.0}}, "then": "Stop", "label": "impossible"}
    sweep = place.sweep("rewound", seconds=1.0, most=10, replicas=1, decisionPoints=[{**POINT, "rules": [rule]}])
    place.apply(sweep)
    place.until_trials("rewound", COMPLETE=5)
    place.patch("rewound", suspend=True)
    place.until_condition("rewound", "Suspended")
    counts = place.database.counts(place.study("rewound"))
    newest = [trial_id for (trial_id,) in place.database.rows(NEWEST_ENDED, {"study": place.study("rewound")})]
    place.database.rows(DELETE_TRIALS, {"trial_ids": newest})
    condition = place.until_condition("rewound", "Healthy", "False", "StudyRewound", seconds=25)
    assert f"and was found with {counts['COMPLETE'] - 3}" in condition["message"]
    row = place.status("rewound")["study"]["rewound"]
    assert (row["before"], row["after"]) == (counts["COMPLETE"], counts["COMPLETE"] - 3)
    place.patch("rewound", suspend=False)
    place.until_condition("rewound", "Complete")
    status = place.status("rewound")
    assert (status["trials"]["finished"], "rewound" in status["study"]) == (10, False)
    assert [entry["outcome"] for entry in status["decisions"]] == ["Continue"]
