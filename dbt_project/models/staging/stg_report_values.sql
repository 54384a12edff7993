with printed as (
    select * from {{ source('raw', 'raw_report_values') }}
),

tables as (
    select table_no, table_kind from {{ source('raw', 'raw_report_tables') }}
),

matches as (
    select file_sha256, line_no, body_no, body_code
    from {{ source('raw', 'raw_body_matches') }}
),

bodies as (
    select body_code, body_name from {{ source('raw', 'raw_bodies') }}
)

select
    printed.value_key,
    printed.file_sha256,
    printed.assessment_year,
    printed.index_code,
    printed.regime,
    printed.block,
    printed.universe,
    printed.category,
    printed.table_no,
    tables.table_kind,
    printed.row_no,
    printed.row_kind,
    printed.column_no,
    printed.line_no,
    printed.body_no,
    printed.body_printed,
    matches.body_code,
    bodies.body_name,
    printed.part_no,
    printed.measure,
    printed.level,
    printed.statistic_group,
    printed.statistic,
    printed.scope,
    printed.unit,
    printed.value,
    printed.value_text,
    printed.value_status,
    printed.decimals,
    printed.raw_text
from printed
inner join tables on printed.table_no = tables.table_no
left join matches
    on
        printed.file_sha256 = matches.file_sha256
        and printed.line_no = matches.line_no
        and printed.body_no = matches.body_no
left join bodies on matches.body_code = bodies.body_code
