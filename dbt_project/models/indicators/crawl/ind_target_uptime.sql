-- Uptime of every portal and service in every window, as the stated rule has it for its rounds. A
-- portal is up or down by the visit of its own address, a service by its probe, which also reads
-- the page.
with held as (
    select
        window_code,
        cast(count(*) as integer) as rounds_held
    from {{ ref('stg_crawl_rounds') }}
    group by window_code
),

measures as (
    select
        window_code,
        target_id,
        outcome,
        cast(null as boolean) as contradicts_level,
        known_at,
        is_synthetic
    from {{ ref('stg_crawl_visits') }}
    where target_kind = 'portal'
    union all
    select
        window_code,
        target_id,
        outcome,
        contradicts_level,
        known_at,
        is_synthetic
    from {{ ref('stg_service_probes') }}
),

counted as (
    select
        measures.window_code,
        measures.target_id,
        held.rounds_held,
        cast(count(case when measures.outcome in ('up', 'down') then 1 end) as integer)
            as rounds_measured,
        cast(count(case when measures.outcome = 'up' then 1 end) as integer) as rounds_up,
        bool_or(measures.contradicts_level) as contradicts_level,
        cast(sum(cast(measures.contradicts_level as integer)) as integer) as rounds_contradicted,
        max(measures.known_at) as known_at,
        bool_or(measures.is_synthetic) as is_synthetic
    from measures
    inner join held on measures.window_code = held.window_code
    group by measures.window_code, measures.target_id, held.rounds_held
)

select
    targets.assessment_year,
    counted.window_code,
    targets.target_id,
    targets.target_kind,
    targets.body_code,
    bodies.body_name,
    targets.service_code,
    targets.service_name,
    targets.url,
    counted.rounds_held,
    counted.rounds_measured,
    counted.rounds_up,
    rules.uptime,
    rules.uptime_low,
    rules.uptime_high,
    rules.uptime_status,
    rules.not_measured_share,
    rules.runs,
    rules.stability,
    targets.declared_level,
    counted.contradicts_level,
    counted.rounds_contradicted,
    counted.known_at,
    counted.is_synthetic
from counted
inner join {{ ref('stg_crawl_targets') }} as targets on counted.target_id = targets.target_id
left join {{ ref('stg_bodies') }} as bodies on targets.body_code = bodies.body_code
left join {{ ref('stg_stability_rules') }} as rules
    on
        counted.rounds_held = rules.rounds_held
        and counted.rounds_measured = rules.rounds_measured
        and counted.rounds_up = rules.rounds_up
