-- Services and cases of every member body of a block of which anything is held. A service of which
-- nothing is known is counted as such, never as one without cases.
with members as (
    select * from {{ ref('stg_members') }}
),

catalogue as (
    select
        body_code,
        max(assessment_year) as assessment_year,
        bool_or(is_synthetic) as is_synthetic
    from {{ ref('stg_services') }}
    group by body_code
),

services as (
    select
        body_code,
        count(*) as services_total,
        count(case when declared_level = '3' then 1 end) as services_level3,
        count(case when declared_level = '4' then 1 end) as services_level4,
        count(case when service_class = 'full' then 1 end) as services_full,
        count(case when service_class = 'partial' then 1 end) as services_partial,
        count(case when cases_state in ('online', 'others_only') then 1 end)
            as services_any_cases,
        count(case when cases_state = 'online' then 1 end) as services_online_cases,
        count(case when cases_state = 'none' then 1 end) as services_no_cases,
        count(case when cases_state = 'not_known' then 1 end) as services_unknown,
        bool_or(is_synthetic) as is_synthetic
    from {{ ref('ind_services') }}
    group by body_code
),

cases as (
    select * from {{ ref('ind_case_years') }}
    where service_code is null and is_preferred
),

blocks as (
    select distinct members.block
    from members
    left join catalogue on members.body_code = catalogue.body_code
    left join cases on members.body_code = cases.body_code
    where catalogue.body_code is not null or cases.body_code is not null
),

joined as (
    select
        members.assessment_year,
        members.index_code,
        members.block,
        members.universe,
        members.body_code,
        members.body_name,
        catalogue.body_code is not null as has_catalogue,
        catalogue.body_code is not null
        and (
            coalesce(services.services_total, 0) = 0
            or services.services_unknown < services.services_total
        ) as knows_cases,
        coalesce(services.services_total, 0) as services_total,
        coalesce(services.services_level3, 0) as services_level3,
        coalesce(services.services_level4, 0) as services_level4,
        coalesce(services.services_full, 0) as services_full,
        coalesce(services.services_partial, 0) as services_partial,
        coalesce(services.services_any_cases, 0) as services_any_cases,
        coalesce(services.services_online_cases, 0) as services_online_cases,
        coalesce(services.services_no_cases, 0) as services_no_cases,
        coalesce(services.services_unknown, 0) as services_unknown,
        cases.counted_from,
        coalesce(cases.months_held, 0) as months_held,
        cases.cases_online,
        coalesce(cases.online_status, 'not_stated') as online_status,
        coalesce(cases.months_online, 0) as months_online,
        cases.cases_total,
        coalesce(cases.total_status, 'not_stated') as total_status,
        coalesce(cases.months_total, 0) as months_total,
        cases.online_share,
        coalesce(cases.online_share_status, 'not_stated') as online_share_status,
        cases.on_time_share,
        coalesce(cases.on_time_status, 'not_stated') as on_time_status,
        coalesce(catalogue.is_synthetic, false)
        or coalesce(services.is_synthetic, false)
        or coalesce(cases.is_synthetic, false) as is_synthetic
    from members
    inner join blocks on members.block = blocks.block
    left join catalogue on members.body_code = catalogue.body_code
    left join services on members.body_code = services.body_code
    left join cases on members.body_code = cases.body_code
)

select
    assessment_year,
    index_code,
    block,
    universe,
    body_code,
    body_name,
    {% for count in ('total', 'level3', 'level4', 'full', 'partial') -%}
    cast(case when has_catalogue then services_{{ count }} end as bigint)
        as services_{{ count }},
    {% endfor -%}
    case when has_catalogue then 'reported' else 'not_stated' end as services_status,
    {% for count in ('any_cases', 'online_cases', 'no_cases', 'unknown') -%}
    cast(case when knows_cases then services_{{ count }} end as bigint)
        as services_{{ count }},
    {% endfor -%}
    case when knows_cases then 'reported' else 'not_stated' end as service_cases_status,
    counted_from,
    months_held,
    cases_online,
    online_status,
    months_online,
    cases_total,
    total_status,
    months_total,
    online_share,
    online_share_status,
    on_time_share,
    on_time_status,
    is_synthetic
from joined
