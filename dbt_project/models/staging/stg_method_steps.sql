-- Steps of criteria that score by tiers.
select
    regime,
    block,
    criterion,
    step_no,
    step_points,
    at_least,
    step_class
from {{ source('raw', 'raw_method_steps') }}
