"""The SQL of `export`: whole trials, for a file. Two statements, whatever the number of trials."""

from __future__ import annotations

from hposweep.database.statements import IS_FEASIBLE

STUDY_ID = "select study_id from studies where study_name = %(name)s"

# Sub-selects instead of joins: parameters, values and attributes would multiply each other's rows.
TRIALS = f"""
select t.number, t.state::text,
       (select json_agg(json_build_array(p.param_name, p.param_value, p.distribution_json) order by p.param_id)
          from trial_params p where p.trial_id = t.trial_id),
       (select json_agg(json_build_array(v.value, v.value_type::text) order by v.objective)
          from trial_values v where v.trial_id = t.trial_id),
       extract(epoch from t.datetime_complete - t.datetime_start)::float8,
       (select json_object_agg(a.key, a.value_json) from trial_user_attributes a where a.trial_id = t.trial_id),
       t.datetime_complete,
       {IS_FEASIBLE}
  from trials t
 where t.study_id = %(study_id)s
 order by t.number
"""
