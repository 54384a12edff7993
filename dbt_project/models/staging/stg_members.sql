with memberships as (
    select * from {{ source('raw', 'raw_memberships') }}
),

bodies as (
    select * from {{ source('raw', 'raw_bodies') }}
)

select
    memberships.assessment_year,
    memberships.index_code,
    memberships.block,
    memberships.universe,
    memberships.body_code,
    bodies.body_name,
    bodies.registered_website
from memberships
inner join bodies on memberships.body_code = bodies.body_code
where memberships.is_member
