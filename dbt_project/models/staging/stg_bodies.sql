-- Bodies of the year with the body that takes over when one ends.
select
    body_code,
    block,
    body_name,
    successor_code
from {{ source('raw', 'raw_bodies') }}
