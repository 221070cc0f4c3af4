"""The SQL of whole trials: all of them for `export`, those not read yet for `history`. `trial_rows` reads the rows."""

from __future__ import annotations

from hposweep.database.statements import IS_FEASIBLE, MAX_ATTRIBUTE_BYTES, MAX_DISTRIBUTION_BYTES
from hpotrial.protocol import ATTRIBUTE_PREFIX
from hpotrial.protocol.trial_rows import VALUES, parameter_rows, user_attributes

STUDY_ID = "select study_id from studies where study_name = %(name)s"


def _select(parameters: str, values: str, attributes: str) -> str:
    return f"""
select t.number, t.state::text, {parameters}, {values},
    extract(epoch from coalesce(t.datetime_complete, now() at time zone 'utc') - t.datetime_start)::float8,
    {attributes}, t.datetime_complete, {IS_FEASIBLE}
  from trials t
 where t.study_id = %(study_id)s"""


TRIALS = f"{_select(parameter_rows(), VALUES, user_attributes())} order by t.number"

# The reports of each trial, unless the study has more than `limit`: a file of them would be of no use to people.
REPORTS = """
with reports as (
    select t.number, r.step, r.intermediate_value::text as value, r.intermediate_value_type::text as kind
      from trials t
      join trial_intermediate_values r on r.trial_id = t.trial_id
     where t.study_id = %(study_id)s
     limit %(limit)s + 1)
select number, json_agg(json_build_array(step, value, kind) order by step)
  from reports
 where (select count(*) from reports) <= %(limit)s
 group by number
"""

# A finished trial never changes. All trials with a number below `below` were read after they had finished, and so were
# those of `finished`. Of the user attributes only ours: a user may keep megabytes there, and no rule reads them.
UNREAD_TRIALS = f"""
{
    _select(
        parameter_rows(MAX_DISTRIBUTION_BYTES),
        f"case when t.state = 'COMPLETE' then {VALUES} end",
        user_attributes(ATTRIBUTE_PREFIX, MAX_ATTRIBUTE_BYTES),
    )
}
   and t.number >= %(below)s and not (t.number = any(%(finished)s::int[]))
 order by t.number
"""

# What the statement above leaves out because of its size.
TOO_LARGE = f"""
select t.number, 'parameter `' || left(p.param_name, 100) || '`' as what
  from trials t
  join trial_params p on p.trial_id = t.trial_id
 where t.study_id = %(study_id)s and t.number >= %(below)s
   and octet_length(p.distribution_json) > {MAX_DISTRIBUTION_BYTES}
 union
select t.number, 'attribute `' || left(a.key, 100) || '`'
  from trials t
  join trial_user_attributes a on a.trial_id = t.trial_id
 where t.study_id = %(study_id)s and t.number >= %(below)s and starts_with(a.key, '{ATTRIBUTE_PREFIX}')
   and octet_length(a.value_json) > {MAX_ATTRIBUTE_BYTES}
 order by 1, 2
 limit 100
"""
