with printed as (
    select * from {{ ref('stg_report_values') }}
    where
        table_kind = 'service_counts'
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
        max(case when measure = 'services_level3' then value end) as level3,
        max(case when measure = 'services_level4' then value end) as level4,
        max(case when measure = 'services_total' then value end) as total,
        max(case when measure = 'services_total' then value_status end) as total_status,
        max(case when measure <> 'rank' then value_status end) as any_status
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
    {{ printed_rank_status('published_rank', 'coalesce(total, 0) = 0') }} as rank_status,
    cast(level3 as bigint) as level3,
    cast(level4 as bigint) as level4,
    cast(total as bigint) as total,
    case when total is null then any_status else total_status end as value_status,
    line_no,
    file_sha256
from by_body
