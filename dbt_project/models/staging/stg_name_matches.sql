with matches as (
    select * from {{ source('raw', 'raw_body_matches') }}
),

bodies as (
    select body_code, body_name from {{ source('raw', 'raw_bodies') }}
)

select
    matches.file_sha256,
    matches.assessment_year,
    matches.table_no,
    matches.line_no,
    matches.body_no,
    matches.index_code,
    matches.universe,
    matches.body_printed,
    matches.body_code,
    bodies.body_name,
    matches.match_rule,
    matches.is_evidence
from matches
left join bodies on matches.body_code = bodies.body_code
