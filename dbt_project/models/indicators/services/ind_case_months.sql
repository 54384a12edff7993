-- One figure a channel and month, of a body and of each of its services. A body may count its
-- services one by one, by level and by class: these say the same cases again, so one way is
-- chosen, never their sum: first one of which every part is known, then by level, by class, by
-- both, by service. A sum of which a part is not known is left open.
with counted as (
    select
        *,
        case
            when service_code is not null then 4
            when service_class is null then 1
            when declared_level is null then 2
            else 3
        end as way
    from {{ ref('ind_service_cases') }}
),

spoken_of as (
    select
        *,
        service_code as subject_code
    from counted
    where service_code is not null
    union all
    select
        *,
        cast(null as string) as subject_code
    from counted
),

placed as (
    select
        *,
        row_number() over (
            partition by body_code, subject_code, channel, month, counted_from, way
            order by file_sha256 asc nulls last, line_no asc nulls last
        ) as place
    from spoken_of
),

summed as (
    select
        assessment_year,
        body_code,
        subject_code,
        channel,
        month,
        counted_from,
        way,
        count(*) as parts,
        count(case when value_status in ('reported', 'none_arisen') then 1 end) as known,
        count(case when value_status not in ('reported', 'none_arisen', 'no_service') then 1 end)
            as unknown,
        count(case when value_status = 'no_figure' then 1 end) as no_figure,
        sum(cases_received) as cases_received,
        count(case when value_status = 'reported' and cases_resolved is null then 1 end)
            as resolved_unknown,
        sum(cases_resolved) as cases_resolved,
        count(case when value_status = 'reported' and cases_on_time is null then 1 end)
            as on_time_unknown,
        sum(cases_on_time) as cases_on_time,
        bool_or(is_synthetic) as is_synthetic,
        max(case when place = 1 then file_sha256 end) as file_sha256,
        max(case when place = 1 then line_no end) as line_no
    from placed
    group by
        assessment_year, body_code, subject_code, channel, month, counted_from, way
),

chosen as (
    select
        *,
        known > 0 and unknown = 0 as is_known,
        row_number() over (
            partition by body_code, subject_code, channel, month, counted_from
            order by
                case when known > 0 and unknown = 0 then 0 else 1 end asc nulls last,
                way asc nulls last
        ) as preference
    from summed
)

select
    assessment_year,
    body_code,
    subject_code as service_code,
    channel,
    month,
    counted_from,
    cast(parts as integer) as parts,
    cast(case when is_known then coalesce(cases_received, 0) end as bigint) as cases_received,
    case
        when is_known then 'reported'
        when known > 0 then 'by_part'
        when no_figure > 0 then 'no_figure'
        when unknown > 0 then 'not_stated'
        else 'no_service'
    end as value_status,
    cast(
        case when is_known and resolved_unknown = 0 then coalesce(cases_resolved, 0) end as bigint
    ) as cases_resolved,
    cast(
        case when is_known and on_time_unknown = 0 then coalesce(cases_on_time, 0) end as bigint
    ) as cases_on_time,
    is_synthetic,
    file_sha256,
    line_no
from chosen
where preference = 1
