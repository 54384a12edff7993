-- Cases of the year, of a body and of each of its services, as far as they are known. A total
-- needs both the online cases and others of the month: online counts alone are not all cases.
with months as (
    select
        assessment_year,
        body_code,
        service_code,
        counted_from,
        month,
        count(cases_received) as figures,
        sum(cases_received) as cases_known,
        max(case when channel = 'online' then cases_received end) as online,
        case
            when count(case when channel <> 'online' and cases_received is null then 1 end) = 0
                then sum(case when channel <> 'online' then cases_received end)
        end as others,
        sum(case when cases_on_time is not null then cases_resolved end) as resolved,
        sum(case when cases_resolved is not null then cases_on_time end) as on_time,
        count(case when value_status not in ('reported', 'no_service') then 1 end) as unknown,
        max(case when channel = 'online' then {{ why_unknown('value_status') }} end)
            as online_reason,
        max({{ why_unknown('value_status') }}) as reason,
        bool_or(is_synthetic) as is_synthetic
    from {{ ref('ind_case_months') }}
    group by assessment_year, body_code, service_code, counted_from, month
),

years as (
    select
        assessment_year,
        body_code,
        service_code,
        counted_from,
        count(case when figures > 0 then 1 end) as months_held,
        min(case when figures > 0 then month end) as first_month,
        max(case when figures > 0 then month end) as last_month,
        coalesce(sum(cases_known), 0) as cases_known,
        sum(unknown) > 0 as has_unknown,
        sum(online) as cases_online,
        count(online) as months_online,
        max(online_reason) as online_reason,
        sum(online + others) as cases_total,
        sum(case when others is not null then online end) as online_of_total,
        count(online + others) as months_total,
        max(reason) as reason,
        sum(resolved) as resolved,
        sum(on_time) as on_time,
        bool_or(is_synthetic) as is_synthetic
    from months
    group by assessment_year, body_code, service_code, counted_from
)

select
    assessment_year,
    body_code,
    service_code,
    counted_from,
    row_number() over (
        partition by body_code, service_code
        order by
            case when months_held > 0 then 0 else 1 end asc nulls last,
            counted_from asc nulls last
    ) = 1 as is_preferred,
    cast(months_held as integer) as months_held,
    first_month,
    last_month,
    cast(cases_known as bigint) as cases_known,
    has_unknown,
    cast(cases_online as bigint) as cases_online,
    case when months_online > 0 then 'reported' else {{ reason_text('online_reason') }} end
        as online_status,
    cast(months_online as integer) as months_online,
    cast(cases_total as bigint) as cases_total,
    case
        when months_total > 0 then 'reported'
        when months_held > 0 then 'by_part'
        else {{ reason_text('reason') }}
    end as total_status,
    cast(months_total as integer) as months_total,
    {{ share_of('online_of_total', 'cases_total') }} as online_share,
    {{ share_status('cases_total') }} as online_share_status,
    {{ share_of('on_time', 'resolved') }} as on_time_share,
    {{ share_status('resolved') }} as on_time_status,
    is_synthetic
from years
