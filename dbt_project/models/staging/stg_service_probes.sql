-- Outcome of every service in every round.
select
    window_code,
    round_no,
    target_id,
    outcome,
    contradicts_level,
    known_at,
    is_synthetic
from {{ source('raw', 'raw_service_probes') }}
