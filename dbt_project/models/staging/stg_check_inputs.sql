-- Which checks make which figures of the methods.
select
    input_code,
    check_id,
    observed_as
from {{ source('raw', 'raw_check_inputs') }}
