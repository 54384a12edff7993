-- How the visits of the targets' own addresses ended, by round and kind of target.
with counted as (
    select
        assessment_year,
        window_code,
        round_no,
        target_kind,
        visit_status,
        outcome,
        cast(count(*) as integer) as targets
    from {{ ref('stg_crawl_visits') }}
    group by assessment_year, window_code, round_no, target_kind, visit_status, outcome
),

totals as (
    select
        *,
        sum(targets) over (partition by window_code, round_no, target_kind) as all_targets
    from counted
)

select
    assessment_year,
    window_code,
    round_no,
    target_kind,
    visit_status,
    outcome,
    targets,
    {{ share_of('targets', 'all_targets') }} as share
from totals
