-- Services in force on the last day of the year, with the last window of probes and their cases.
with in_force as (
    select
        *,
        min(valid_from) over (partition by service_code) as since
    from {{ ref('stg_services') }}
),

of_the_year as (
    select
        *,
        case
            when since < cast(cast(assessment_year as string) || '-01-01' as date) then 12
            else 13 - extract(month from since)
        end as months_in_force
    from in_force
    where
        valid_from <= cast(cast(assessment_year as string) || '-12-31' as date)
        and coalesce(valid_to, cast(cast(assessment_year as string) || '-12-31' as date))
        >= cast(cast(assessment_year as string) || '-12-31' as date)
),

cases as (
    select * from {{ ref('ind_case_years') }}
    where service_code is not null
),

seen as (
    select
        services.service_code,
        bool_or(cases.cases_online > 0) as had_online,
        bool_or(cases.cases_known > 0) as had_any,
        bool_or(
            cases.counted_from = 'counts'
            and cases.cases_known = 0
            and not cases.has_unknown
            and cases.months_held >= services.months_in_force
        ) as had_none,
        bool_or(cases.is_synthetic) as is_synthetic
    from of_the_year as services
    inner join cases
        on services.service_code = cases.service_code and services.body_code = cases.body_code
    group by services.service_code
),

windows as (
    select
        window_code,
        max(round_date) as last_round
    from {{ ref('stg_crawl_rounds') }}
    group by window_code
),

probes as (
    select
        uptime.*,
        row_number() over (
            partition by uptime.body_code, uptime.service_code
            order by
                windows.last_round desc nulls last,
                uptime.window_code desc nulls last,
                uptime.target_id asc nulls last
        ) as place
    from {{ ref('ind_target_uptime') }} as uptime
    inner join windows on uptime.window_code = windows.window_code
    where uptime.target_kind = 'service'
)

select
    services.assessment_year,
    services.service_code,
    services.body_code,
    bodies.body_name,
    services.service_name,
    services.procedure_code,
    services.unit_name,
    services.declared_level,
    services.service_class,
    services.valid_from,
    services.valid_to,
    services.url,
    probes.window_code,
    probes.rounds_held,
    probes.rounds_measured,
    probes.uptime,
    coalesce(probes.uptime_status, 'not_probed') as uptime_status,
    probes.runs,
    probes.stability,
    probes.contradicts_level,
    case
        when seen.had_online then 'online'
        when seen.had_any then 'others_only'
        when seen.had_none then 'none'
        else 'not_known'
    end as cases_state,
    cases.counted_from,
    cases.cases_online,
    coalesce(cases.online_status, 'not_stated') as online_status,
    coalesce(cases.months_online, 0) as months_online,
    cases.cases_total,
    coalesce(cases.total_status, 'not_stated') as total_status,
    coalesce(cases.months_total, 0) as months_total,
    services.is_synthetic
    or coalesce(probes.is_synthetic, false)
    or coalesce(seen.is_synthetic, false) as is_synthetic,
    services.file_sha256,
    services.line_no
from of_the_year as services
left join {{ ref('stg_bodies') }} as bodies on services.body_code = bodies.body_code
left join seen on services.service_code = seen.service_code
left join cases
    on
        services.service_code = cases.service_code
        and services.body_code = cases.body_code
        and cases.is_preferred
left join probes
    on
        services.service_code = probes.service_code
        and services.body_code = probes.body_code
        and probes.place = 1
