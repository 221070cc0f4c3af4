"""The SQL of whole trials: all of them for `export`, those not read yet for `history`. `trial_rows` reads the rows."""

from __future__ import annotations

from hposweep.database.statements import IS_FEASIBLE, MAX_ATTRIBUTE_BYTES, MAX_DISTRIBUTION_BYTES
from hpotrial.protocol import ATTRIBUTE_PREFIX
from hpotrial.protocol.trial_rows import VALUES, parameter_rows, user_attributes

STUDY_ID = "select study_id from studies where study_name = %(name)s"


def _columns(parameters: str, values: str, attributes: str) -> str:
    return f"""
    t.number, left(t.state::text, 16), {parameters}, {values},
    extract(epoch from coalesce(t.datetime_complete, now() at time zone 'utc') - t.datetime_start)::float8,
    {attributes}, t.datetime_complete, {IS_FEASIBLE}"""


TRIALS = f"""
select {_columns(parameter_rows(), VALUES, user_attributes())}
  from trials t
 where t.study_id = %(study_id)s
 order by t.number
"""

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
# those of `finished`. Of the user attributes only ours: a user may keep megabytes there, and no rule reads them. A page
# has a limit of trials and one of bytes, so that no study exceeds the time of a statement or the operator's memory. The
# last columns: whether parameters or attributes of the trial are left out because of their size, and the trials of the
# page by number alone.
PAGE_TRIALS = 2000  # more of them cost the server a compilation of the statement, which takes seconds
PAGE_BYTES = 8 * 1024 * 1024
MAX_TRIAL_BYTES = 2 * 1024 * 1024  # of all parameters, values and attributes of one trial
_ROW_BYTES = 40  # of a number and its name

_IS_WHOLE = f"z.bytes <= {MAX_TRIAL_BYTES}"
_UNREAD_COLUMNS = _columns(
    f"case when {_IS_WHOLE} then {parameter_rows(MAX_DISTRIBUTION_BYTES)} end",
    f"case when t.state = 'COMPLETE' and {_IS_WHOLE} then {VALUES} end",
    f"case when {_IS_WHOLE} then {user_attributes(ATTRIBUTE_PREFIX, MAX_ATTRIBUTE_BYTES)} end",
)
UNREAD_TRIALS = f"""
with page as (
    select trial_id, number
      from trials
     where study_id = %(study_id)s and number >= %(below)s and not (number = any(%(finished)s::int[]))
     order by number, trial_id
     limit {PAGE_TRIALS}),
parts as (
    select page.*, p.bytes + v.bytes + a.bytes as bytes,
           p.largest > {MAX_DISTRIBUTION_BYTES} or a.largest > {MAX_ATTRIBUTE_BYTES} as has_larger
      from page
     cross join lateral (
           select coalesce(sum(octet_length(distribution_json) + octet_length(param_name) + {_ROW_BYTES}), 0) as bytes,
                  coalesce(max(octet_length(distribution_json)), 0) as largest
             from trial_params where trial_id = page.trial_id) p
     cross join lateral (
           select {_ROW_BYTES} * count(*) as bytes from trial_values where trial_id = page.trial_id) v
     cross join lateral (
           select coalesce(sum(octet_length(value_json) + octet_length(key) + {_ROW_BYTES}), 0) as bytes,
                  coalesce(max(octet_length(value_json)), 0) as largest
             from trial_user_attributes
            where trial_id = page.trial_id and starts_with(key, '{ATTRIBUTE_PREFIX}')) a),
sizes as (
    select parts.*, sum(least(bytes, {MAX_TRIAL_BYTES})) over (order by number, trial_id) as total from parts)
select {_UNREAD_COLUMNS}, z.has_larger or not ({_IS_WHOLE}), (select count(*) from page)
  from sizes z
  join trials t on t.trial_id = z.trial_id
 where z.total <= {PAGE_BYTES}
 order by t.number
"""

# What the statement above leaves out of the trials with these numbers.
TOO_LARGE = f"""
select t.number, 'parameter `' || left(p.param_name, 100) || '`' as what
  from trials t
  join trial_params p on p.trial_id = t.trial_id
 where t.study_id = %(study_id)s and t.number = any(%(numbers)s)
   and octet_length(p.distribution_json) > {MAX_DISTRIBUTION_BYTES}
 union
select t.number, 'attribute `' || left(a.key, 100) || '`'
  from trials t
  join trial_user_attributes a on a.trial_id = t.trial_id
 where t.study_id = %(study_id)s and t.number = any(%(numbers)s) and starts_with(a.key, '{ATTRIBUTE_PREFIX}')
   and octet_length(a.value_json) > {MAX_ATTRIBUTE_BYTES}
 order by 1, 2
 limit 100
"""
