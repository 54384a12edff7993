-- Visits of the targets' own addresses; what lies beneath a portal is not of its uptime.
select
    visits.window_code,
    visits.round_no,
    visits.target_id,
    visits.assessment_year,
    visits.target_kind,
    visits.visit_status,
    visits.outcome,
    visits.known_at,
    visits.is_synthetic
from {{ source('raw', 'raw_crawl_visits') }} as visits
inner join {{ source('raw', 'raw_crawl_targets') }} as targets
    on visits.target_id = targets.target_id and visits.url = targets.url
