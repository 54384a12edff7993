with printed as (
    select * from {{ source('raw', 'raw_history_values') }}
),

matches as (
    select file_sha256, line_no, body_code
    from {{ source('raw', 'raw_body_matches') }}
),

bodies as (
    select body_code, body_name from {{ source('raw', 'raw_bodies') }}
)

select
    printed.value_key,
    printed.file_sha256,
    printed.line_no,
    printed.assessment_year,
    printed.index_code,
    printed.regime,
    printed.block,
    printed.universe,
    printed.category,
    printed.value_of,
    printed.measure,
    printed.body_printed,
    matches.body_code,
    bodies.body_name,
    printed.published_rank,
    printed.rank_status,
    printed.published_value,
    printed.value_status,
    printed.decimals,
    printed.scale_max,
    printed.raw_text,
    printed.source_ref,
    printed.trust
from printed
left join matches
    on
        printed.file_sha256 = matches.file_sha256
        and printed.line_no = matches.line_no
left join bodies on matches.body_code = bodies.body_code
