"""The SQL of `history`: whole trials, but for those that are known already."""

from __future__ import annotations

from hposweep.database.statements import IS_FEASIBLE
from hpotrial.protocol import ATTRIBUTE_PREFIX

# A finished trial never changes. Numbers below `below` are known to have finished, and so are those of `known`; all
# others are read. Sub-selects instead of joins: parameters, values and attributes would multiply each other's rows.
# Of the user attributes only ours: a user may keep megabytes there, and no rule looks at them.
TRIALS_UNKNOWN = f"""
select t.number, t.state::text,
       (select json_agg(json_build_array(p.param_name, p.param_value, p.distribution_json) order by p.param_id)
          from trial_params p where p.trial_id = t.trial_id),
       case when t.state = 'COMPLETE' then
         (select json_agg(case when v.value_type = 'FINITE' then to_json(v.value) else to_json(v.value_type::text) end
                          order by v.objective)
            from trial_values v where v.trial_id = t.trial_id) end,
       extract(epoch from coalesce(t.datetime_complete, now() at time zone 'utc') - t.datetime_start)::float8,
       (select json_object_agg(a.key, a.value_json) from trial_user_attributes a
         where a.trial_id = t.trial_id and starts_with(a.key, '{ATTRIBUTE_PREFIX}')),
       t.datetime_complete,
       {IS_FEASIBLE}
  from trials t
 where t.study_id = %(study_id)s and t.number >= %(below)s and not (t.number = any(%(known)s::int[]))
 order by t.number
"""
