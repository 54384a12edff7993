with printed as (
    select * from {{ ref('stg_report_values') }}
    where
        table_kind = 'case_counts'
        and row_kind = 'data'
        and body_code is not null
),

by_body as (
    select
        assessment_year,
        index_code,
        regime,
        block,
        universe,
        table_no,
        body_code,
        body_name,
        file_sha256,
        min(line_no) as line_no,
        max(case when measure = 'rank' then value end) as published_rank,
        max(case when measure = 'online_cases_total' then value end) as online_cases,
        max(case when measure = 'online_cases_total' then value_status end) as value_status,
        sum(case when measure = 'services_online_cases' then value end) as services_online_cases
    from printed
    group by
        assessment_year, index_code, regime, block, universe, table_no, body_code, body_name,
        file_sha256
)

select
    assessment_year,
    index_code,
    regime,
    block,
    universe,
    table_no,
    body_code,
    body_name,
    cast(published_rank as integer) as published_rank,
    {{ printed_rank_status(
        'published_rank', 'online_cases is null and services_online_cases is null'
    ) }} as rank_status,
    cast(online_cases as bigint) as online_cases,
    cast(services_online_cases as bigint) as services_online_cases,
    coalesce(value_status, 'not_stated') as value_status,
    line_no,
    file_sha256
from by_body
