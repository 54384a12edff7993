-- Rule of uptime and stability, worked out for every combination of rounds.
select
    rounds_held,
    rounds_measured,
    rounds_up,
    uptime,
    uptime_low,
    uptime_high,
    uptime_status,
    not_measured_share,
    runs,
    stability
from {{ source('raw', 'raw_stability_rules') }}
