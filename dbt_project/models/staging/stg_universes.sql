select
    index_code,
    universe,
    cast(count(*) as integer) as bodies_expected
from {{ source('raw', 'raw_memberships') }}
where is_member
group by index_code, universe
